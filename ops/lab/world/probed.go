package world

import (
	"strings"

	"pchatops/ops/lab/windows"
)

// MayWrite is why what runs on a host cannot write a file to a folder; nil: it can.
func (w *World) MayWrite(host, path string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.resolve(host, path); err != nil {
		return err
	}
	folder := folderOf(path)
	if err := w.faults.access[opener{shortHost(host), Shell, folder}].refuses(true); err != nil {
		return err
	}
	volume := shortHost(host)
	if strings.HasPrefix(path, `\\`) {
		volume = "share"
	}
	if w.faults.full[volume] {
		return &windows.Win32Error{Code: errDiskFull.Code, Text: errDiskFull.Text}
	}
	return nil
}

// LogIn logs a Windows account in to an instance, as a program on some host does
// that finds the port by asking SQL Server Browser.
func (w *World) LogIn(account, server string) (sysadmin bool, number int, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	host, name, named := strings.Cut(server, `\`)
	i := w.byHost(shortHost(host))
	if i == nil || !i.up || !named || !strings.EqualFold(name, instanceName) {
		return false, -1, "A network-related or instance-specific error occurred while establishing a connection to SQL Server. The server was not found or was not accessible."
	}
	l := i.findLogin(account)
	if l == nil || !l.windows {
		return false, 18456, "Login failed for user '" + account + "'."
	}
	if l.disabled {
		return false, 18470, "Login failed for user '" + account + "'. Reason: The account is disabled."
	}
	return l.sysadmin, 0, ""
}
