package world

import (
	"fmt"
	"strings"

	"pchatops/ops/lab/windows"
)

// Service is one of the two services of an instance that open files.
type Service string

// The two, each with its account.
const (
	Engine Service = "engine" // SQL Server itself: BACKUP and RESTORE
	Agent  Service = "agent"  // SQL Server Agent: copying, deleting old backups
	Shell  Service = "shell"  // no service: what runs on a host in a shell, or as a job
)

// Access is what a service's account is let do with a folder.
type Access string

// The kinds, from all to nothing.
const (
	Allowed     Access = "allowed"
	ReadOnly    Access = "read-only"
	Denied      Access = "denied"      // 5
	Unreachable Access = "unreachable" // 53: the server finds no file server
	NoLogon     Access = "no-logon"    // 1326: the file server does not know the account
	InUse       Access = "in-use"      // 32: of one file, which somebody else has open
	Stalled     Access = "stalled"     // of one file: it opens, and reading it never comes to an end
)

var errNoLogon = &windows.Win32Error{Code: 1326, Text: "The user name or password is incorrect."}

// opener is who opens a folder: a service on a machine.
type opener struct {
	host    string
	service Service
	folder  string // Share, or Folder on that machine
}

// SetAccess says what a service of one server may do with the backup share
// (Share) or with its own copy folder (Folder).
func (w *World) SetAccess(instance string, service Service, folder string, a Access) error {
	i := w.Instance(instance)
	if i == nil && service == Shell {
		i = &Instance{place: place{host: strings.ToUpper(instance)}} // a management host
	}
	switch {
	case i == nil:
		return fmt.Errorf("no instance %q", instance)
	case service != Engine && service != Agent && service != Shell:
		return fmt.Errorf("no service %q: %s, %s or %s", service, Engine, Agent, Shell)
	case folder != Share && folder != Folder:
		return fmt.Errorf("no folder %q: %s or %s", folder, Share, Folder)
	}
	switch a {
	case Allowed, ReadOnly, Denied, Unreachable, NoLogon:
	default:
		return fmt.Errorf("no access %q: %s, %s, %s, %s or %s", a, Allowed, ReadOnly, Denied, Unreachable, NoLogon)
	}
	w.locked(func() { w.faults.access[opener{i.host, service, folder}] = a })
	return nil
}

// SetAccount lets a service of an instance run as another account, such as
// LocalSystem, which no file server knows.
func (w *World) SetAccount(instance string, service Service, account string) error {
	i := w.Instance(instance)
	if i == nil || account == "" {
		return fmt.Errorf("no instance %q, or no account", instance)
	}
	w.locked(func() { i.accounts[service] = account })
	return nil
}

// account is what a service runs as.
func (i *Instance) account(s Service) string {
	if a := i.accounts[s]; a != "" {
		return a
	}
	return i.service
}

// file finds the real file behind a path as a service of the instance sees it.
func (i *Instance) file(s Service, path string, write bool) (string, error) {
	file, err := i.w.resolve(i.host, path)
	if err != nil {
		return "", err
	}
	folder := folderOf(path)
	if err := i.w.faults.access[opener{i.host, s, folder}].refuses(write); err != nil {
		return "", err
	}
	if folder == Share && strings.EqualFold(i.account(s), "LocalSystem") {
		return "", errDenied
	}
	return file, i.w.faults.mayOpen(i.Name(), file)
}

// folderOf is the folder, Share or Folder, that a path is in; empty: neither.
func folderOf(path string) string {
	for _, folder := range []string{Share, Folder} {
		if len(path) >= len(folder) && strings.EqualFold(path[:len(folder)], folder) {
			return folder
		}
	}
	return ""
}

func (a Access) refuses(write bool) error {
	switch {
	case a == Denied, a == ReadOnly && write:
		return errDenied
	case a == Unreachable:
		return errNetworkPath
	case a == NoLogon:
		return errNoLogon
	case a == InUse:
		return errInUse
	}
	return nil
}
