package mgmt

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

// logBackups is what log shipping calls its files.
const logBackups = "*.trn"

// listRequest is the request of list-files. RunAs names the account whose
// password travels as the secret, for a share that needs one.
type listRequest struct {
	Folders []folderRequest `json:"folders"`
	Pattern string          `json:"pattern"`
	RunAs   string          `json:"runAs,omitempty"`
}

type folderRequest struct {
	ID   string `json:"id"`
	Path string `json:"path"`
}

// listAnswer is the answer of list-files.
type listAnswer struct {
	Folders []folder `json:"folders"`
	Free    int64    `json:"free"`
}

// folder is one folder of the answer.
type folder struct {
	ID    string `json:"id"`
	Files []struct {
		Name     string `json:"n"`
		Bytes    int64  `json:"len"`
		Modified string `json:"mtime"`
	} `json:"files"`
	Others int      `json:"others"`
	Some   []string `json:"some"`
	Error  *failure `json:"error"`
}

// unread is the fault of a folder that the answer leaves out.
func unread(h *Host, path string) error {
	return &fault.Error{Class: fault.Other, Tried: "list " + path, Target: h.Name(), Text: "the host's answer leaves this folder out", Do: "list again"}
}

// backups gives the files of a folder, or why it could not be read.
func (f folder) backups(h *Host, path string) ([]procedures.Backup, error) {
	if f.Error != nil && *f.Error != (failure{}) {
		f.Error.Path = path
		return nil, f.Error.fault("list", h.Name())
	}
	var backups []procedures.Backup
	for _, file := range f.Files {
		if file.Name == "" || file.Bytes < 0 {
			return nil, strange(h, ListFiles, file.Name)
		}
		if !strings.HasSuffix(strings.ToLower(file.Name), ".trn") {
			continue // Windows matches *.trn against short names too
		}
		modified, _ := time.Parse(time.RFC3339, file.Modified) // zero: not known
		backups = append(backups, procedures.Backup{Name: file.Name, Bytes: file.Bytes, Modified: modified.UTC(), Strange: odd(file.Name)})
	}
	return backups, nil
}

// odd says why a file cannot be opened under the name that a listing gave it:
// other file systems know names that Windows does not, and not every name has a
// form in Unicode. That is the finding of one file, and not the listing's end.
func odd(name string) string {
	switch {
	case strings.ContainsRune(name, utf8.RuneError):
		return "its name is no valid text"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "its name holds control characters"
	case !fileName(name):
		return `its name holds characters that Windows does not take, or is too long`
	}
	return ""
}

// fileName reports whether a name is a mere file name: it can leave no folder.
func fileName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= 765 && !strings.ContainsAny(name, "/\\:*?\"<>|\x00")
}
