package windows

import (
	"context"
	"errors"
	"strings"
	"time"
)

// slowShare is an estate whose file server takes its time.
type slowShare interface {
	ShareDelay() time.Duration
}

// lending is a read that goes on to a further server: with the shell's own logon,
// and once more as the run-as account where that is not let in there.
type lending struct {
	host     *Host
	account  string // "": none was given
	password string
}

// lend prepares the reads of a call.
func (h *Host) lend(c call, account string) lending { return lending{h, account, c.secret} }

// read runs one. A run-as logon looks at no password until it reaches a server.
func (l lending) read(refusal error, read func() error) (lent bool, err error) {
	err = refusal
	if !l.host.Manners().NoHop {
		err = read()
	}
	if !turnedAway(err) || l.account == "" || l.password == "" {
		return false, err
	}
	if err := l.host.logon(l.account, l.password); err != nil {
		return true, err
	}
	return true, read()
}

// turnedAway reports whether another account may fare better.
func turnedAway(err error) bool {
	var w *Win32Error
	var c *CmdletError
	return errors.As(err, &w) && (w.Code == 5 || w.Code == 1326) || errors.As(err, &c) && c.SQL == 18456
}

// share reads a folder, which may lie on a file server.
func (l lending) share(ctx context.Context, path string, read func() error) (lent bool, err error) {
	if !strings.HasPrefix(path, `\\`) {
		return false, read()
	}
	if slow, ok := l.host.Estate.(slowShare); ok && slow.ShareDelay() > 0 {
		if err := l.host.Estate.Wait(ctx, slow.ShareDelay()); err != nil {
			return false, err
		}
	}
	return l.read(errDenied, read)
}

// store reads from the Central Management Store.
func (l lending) store(read func() error) *failure {
	lent, err := l.read(l.host.anonymous(), read)
	if err == nil {
		return nil
	}
	f := foreseen(err, "")
	if f == nil {
		f = &failure{Kind: "cmdlet", Message: err.Error(), ID: err.Error(), Category: "OperationStopped"}
	}
	if w := new(Win32Error); errors.As(err, &w) {
		f = l.host.exception(w, "")
		f.Kind = "cmdlet"
	}
	f.RunAs = &lent
	return f
}

// exception is an error of Windows as .NET throws it: some in words of its own, with
// the path, the others in those of Windows.
func (h *Host) exception(w *Win32Error, path string) *failure {
	f := &failure{Kind: "win32", Code: w.Code, ID: "IOException", Category: "NotSpecified", Message: h.say(w), Path: path}
	switch w.Code {
	case 2:
		f.ID, f.Message = "FileNotFoundException", "Could not find file '"+path+"'."
	case 3:
		f.ID, f.Message = "DirectoryNotFoundException", "Could not find a part of the path '"+path+"'."
	case 5:
		f.ID, f.Category, f.Message = "UnauthorizedAccessException", "NotSpecified", "Access to the path '"+path+"' is denied."
	}
	return f
}

// unreadable is the error of a read of a folder.
func (h *Host) unreadable(err error, path string, lent bool) *failure {
	f := h.exception(folderError(err), path)
	f.RunAs = &lent
	return f
}
