package windows

import (
	"os"
	"strings"
)

// programs are the ones that strangers use to look around.
var programs = map[string]func(p *process, args []string) int{
	"hostname": func(p *process, _ []string) int { p.print("%s", p.host.Name); return 0 },
	"whoami":   func(p *process, _ []string) int { p.print("%s", strings.ToLower(p.user)); return 0 },
	"ver": func(p *process, _ []string) int {
		p.print("\r\nMicrosoft Windows [Version 6.3.9600]")
		return 0
	},
	"echo":     func(p *process, args []string) int { p.print("%s", strings.Join(args, " ")); return 0 },
	"ipconfig": ipconfig,
	"dir":      dir,
}

func ipconfig(p *process, _ []string) int {
	p.print("\r\nWindows IP Configuration\r\n\r\n\r\nEthernet adapter Ethernet:\r\n")
	p.print("   Connection-specific DNS Suffix  . : %s", p.host.DNSDomain)
	p.print("   IPv4 Address. . . . . . . . . . . : 127.0.0.1")
	return 0
}

func dir(p *process, args []string) int {
	path := `C:\`
	for _, a := range args {
		if !strings.HasPrefix(a, "/") {
			path = a
		}
	}
	entries, err := p.host.readFolder(path)
	if err != nil {
		p.complain("%s", win32(err).Text)
		return 1
	}
	p.print("\r\n Directory of %s\r\n", path)
	files, bytes := 0, int64(0)
	for _, e := range entries {
		stamp := e.ModTime().UTC().Format("01/02/2006  03:04 PM")
		if e.IsDir() {
			p.print("%s    <DIR>          %s", stamp, e.Name())
			continue
		}
		files++
		bytes += e.Size()
		p.print("%s    %14d %s", stamp, e.Size(), e.Name())
	}
	p.print("%16d File(s) %14d bytes", files, bytes)
	return 0
}

// readFolder lists a folder as this host sees it, in the order of names.
func (h *Host) readFolder(path string) ([]os.FileInfo, error) {
	folder, err := h.Estate.Resolve(h.Name, path)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, folderError(err)
	}
	infos := make([]os.FileInfo, 0, len(entries))
	for _, e := range entries {
		if info, err := e.Info(); err == nil { // else it was deleted in between
			infos = append(infos, info)
		}
	}
	return infos, nil
}
