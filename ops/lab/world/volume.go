package world

import (
	"fmt"
	"strings"

	"pchatops/ops/lab/tsql"
)

// volume is a disk of a host, by where it is mounted: `E:\`, or a folder.
type volume struct {
	host, mount string
	free        int64
}

// The volumes that every host has.
const (
	drives    = "CDE"
	driveSize = 500 << 30
	driveFree = 200 << 30
)

// SetVolume mounts a disk of its own in a folder of an instance's host, with so
// many bytes free.
func (w *World) SetVolume(instance, folder string, free int64) error {
	i := w.Instance(instance)
	if i == nil || !drivePath.MatchString(folder) || free < 0 {
		return fmt.Errorf("instance=%q folder=%q: an instance and a local folder", instance, folder)
	}
	w.locked(func() {
		w.faults.volumes = append(w.faults.volumes, volume{i.host, strings.TrimRight(folder, `\`) + `\`, free})
	})
	return nil
}

// volumeOf is the disk that a path of a host lies on.
func (w *World) volumeOf(host, path string) volume {
	at := volume{host: host, mount: strings.ToUpper(path[:1]) + `:\`, free: driveFree}
	for _, v := range w.faults.volumes {
		if v.host == host && len(v.mount) > len(at.mount) && len(path) >= len(v.mount) && strings.EqualFold(path[:len(v.mount)], v.mount) {
			at = v
		}
	}
	if w.faults.full[host] {
		at.free = 0
	}
	return at
}

// Free is the space on the volume that a folder of a host is on; ok is false where
// nothing was said about that volume.
func (w *World) Free(host, folder string) (free int64, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	host = strings.ToUpper(host)
	if w.faults.full[host] {
		return 0, true
	}
	if !drivePath.MatchString(folder) {
		return 0, false
	}
	v := w.volumeOf(host, strings.TrimRight(folder, `\`)+`\`)
	return v.free, v.free != driveFree
}

// Function gives the rows of a table-valued function.
func (s *Session) Function(parts []string, args []any) (*tsql.Rows, *tsql.Error, bool) {
	if len(parts) < 2 || !strings.EqualFold(parts[len(parts)-2], "sys") || !strings.EqualFold(parts[len(parts)-1], "dm_os_volume_stats") {
		return nil, nil, false
	}
	if len(args) != 2 {
		return nil, fail(313, "sys.dm_os_volume_stats"), true
	}
	w := s.inst.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if !s.login.sysadmin {
		return nil, fail(300), true
	}
	t := newTable(`database_id int, file_id int, volume_mount_point nvarchar(512), volume_id nvarchar(512), logical_volume_name nvarchar(512),
		file_system_type nvarchar(512), total_bytes bigint, available_bytes bigint`)
	for _, d := range s.inst.databases {
		for n, path := range []string{d.data, d.log} {
			if int64(d.id) == args[0] && int64(n+1) == args[1] {
				v := w.volumeOf(s.inst.host, path)
				t.add(d.id, n+1, v.mount, `\\?\Volume{`+v.mount[:1]+`}\`, "Data", "NTFS", int64(driveSize), v.free)
			}
		}
	}
	return t.Rows, nil, true
}
