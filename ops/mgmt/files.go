package mgmt

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

// Files is the file work on the secondary's own server, where the copy folder
// is and from where SQL Server restores.
type Files struct {
	hosts *Hosts
	jobs  *jobs
}

var _ procedures.Files = (*Files)(nil)

// NewFiles makes the file work on the hosts of a role (the secondary's).
func NewFiles(hosts *Hosts, o Options) *Files {
	return &Files{hosts: hosts, jobs: newJobs(hosts, o)}
}

// logBackups is what log shipping calls its files.
const logBackups = "*.trn"

type folderRequest struct {
	ID   string `json:"id"`
	Path string `json:"path"`
}

// folder is one folder of the answer of list-files.
type folder struct {
	ID    string `json:"id"`
	Files []struct {
		Name     string `json:"n"`
		Bytes    int64  `json:"len"`
		Modified string `json:"mtime"`
	} `json:"files"`
	Error *failure `json:"error"`
}

// List reads backup share and copy folder in one round trip. An unreadable
// folder is part of the listing; an error means that the host could not be asked.
func (f *Files) List(ctx context.Context, share, copyFolder string) (procedures.Listing, error) {
	request := struct {
		Folders []folderRequest `json:"folders"`
		Pattern string          `json:"pattern"`
	}{[]folderRequest{{"share", share}, {"copy", copyFolder}}, logBackups}
	answer := struct {
		Folders []folder `json:"folders"`
		Free    int64    `json:"free"`
	}{Free: -1}
	h, err := f.hosts.first(ctx, func(ctx context.Context, h *Host) error {
		return h.Call(ctx, ListFiles, request, "", &answer)
	})
	if err != nil {
		return procedures.Listing{}, err
	}
	listing := procedures.Listing{Host: h.Name(), Free: answer.Free, ShareErr: unread(h, share), CopyErr: unread(h, copyFolder)}
	for _, one := range answer.Folders {
		switch one.ID {
		case "share":
			listing.Share, listing.ShareErr = one.backups(h, share)
		case "copy":
			listing.Copied, listing.CopyErr = one.backups(h, copyFolder)
		}
	}
	return listing, nil
}

// unread is the fault of a folder that the answer leaves out.
func unread(h *Host, path string) error {
	return &fault.Error{Class: fault.Other, Tried: "list " + path, Target: h.Name(), Text: "the host's answer leaves this folder out", Do: "list again"}
}

// backups gives the files of a folder, or why it could not be read.
func (f folder) backups(h *Host, path string) ([]procedures.Backup, error) {
	if f.Error != nil {
		f.Error.Path = path
		return nil, f.Error.fault("list", h.Name())
	}
	var backups []procedures.Backup
	for _, file := range f.Files {
		if !fileName(file.Name) || file.Bytes < 0 {
			return nil, strange(h, ListFiles, file.Name)
		}
		if !strings.HasSuffix(strings.ToLower(file.Name), ".trn") {
			continue // Windows matches *.trn against short names too
		}
		modified, _ := time.Parse(time.RFC3339, file.Modified) // zero: not known
		backups = append(backups, procedures.Backup{Name: file.Name, Bytes: file.Bytes, Modified: modified.UTC()})
	}
	return backups, nil
}

// fileName reports whether a name is a mere file name: it can leave no folder.
func fileName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= 765 && !strings.ContainsAny(name, "/\\:*?\"<>|\x00")
}

// Copy makes the action that copies the files that are missing. A file that is
// there with the same content is not copied again; one with other content is
// never overwritten.
func (f *Files) Copy(share, copyFolder string, files []procedures.Backup) engine.Action {
	w := work{kind: copyJob, name: "copy", request: newCopyRequest(share, copyFolder, files)}
	return engine.Action{
		ID: copyID(files), Kind: engine.File, Target: f.hosts.Name(), Text: copyText(share, copyFolder, files),
		Do: func(ctx context.Context, r engine.Reporter) error {
			for _, file := range files {
				if !fileName(file.Name) {
					return &fault.Error{Class: fault.Refused, Tried: "copy " + clip(file.Name, 200), Target: f.hosts.Name(), Text: "this is no file name", Do: "look at who writes to the backup share"}
				}
			}
			result, err := f.jobs.do(ctx, w, r)
			if err != nil {
				return err
			}
			result.observe(r)
			if err := result.outcome("copy", f.hosts.Name()); err != nil {
				return err
			}
			return result.complete(files, f.hosts.Name())
		},
		Settle: func(ctx context.Context) (bool, error) { return f.jobs.settle(ctx, w) },
	}
}

// observe keeps what was copied for the proof.
func (res *jobResult) observe(r engine.Reporter) {
	var brought, kept int
	var bytes int64
	for _, file := range res.Files {
		if file.Kept {
			kept++
		} else {
			brought++
			bytes += file.Bytes
		}
	}
	r.Observe("copied", fmt.Sprintf("%d files, %d bytes, each read back and compared by SHA-256", brought, bytes))
	r.Observe("kept", fmt.Sprintf("%d files were there with the same content", kept))
}

// complete proves that the result speaks of every file that was asked for.
func (res *jobResult) complete(files []procedures.Backup, target string) error {
	proven := map[string]bool{}
	for _, file := range res.Files {
		proven[file.Name] = len(file.SHA256) == 64
	}
	for _, file := range files {
		if !proven[file.Name] {
			return &fault.Error{Class: fault.Other, Tried: "copy " + file.Name, Target: target, Text: "the job's result does not prove this file", Do: "run the step again"}
		}
	}
	return nil
}
