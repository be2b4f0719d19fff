package mgmt

import (
	"context"
	"fmt"

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

// List reads backup share and copy folder in one round trip. An unreadable
// folder is part of the listing; an error means that the host could not be asked.
func (f *Files) List(ctx context.Context, share, copyFolder string) (procedures.Listing, error) {
	var answer listAnswer
	var unused error // why the run-as account was not used, where there is one
	request := listRequest{Folders: []folderRequest{{"share", share}, {"copy", copyFolder}}, Pattern: logBackups}
	h, err := f.hosts.first(ctx, func(ctx context.Context, h *Host) (err error) {
		answer = listAnswer{Free: -1}
		unused, err = h.readAs(ctx, ListFiles, func(account string) any {
			request.RunAs = account
			return request
		}, &answer)
		return err
	})
	if err != nil {
		return procedures.Listing{}, err
	}
	listing := procedures.Listing{Host: h.Name(), Free: answer.Free, ShareErr: unread(h, share), CopyErr: unread(h, copyFolder)}
	for _, one := range answer.Folders {
		switch one.ID {
		case "share":
			listing.Share, listing.ShareErr = one.backups(h, share)
			listing.Others, listing.Some = max(0, one.Others), one.Some[:min(len(one.Some), 3)]
			h.refusedBehind(ctx, listing.ShareErr)
			if unused != nil && fault.Is(listing.ShareErr, fault.Access) {
				listing.ShareErr = unused
			}
		case "copy":
			listing.Copied, listing.CopyErr = one.backups(h, copyFolder)
		}
	}
	return listing, nil
}

// copiesAtOnce bounds the files of one job, since PowerShell before 5.0 takes no
// document of more than 2 MB: neither what is asked for, nor what has come of it.
const copiesAtOnce = 2000

// Copy makes the action that copies the files that are missing. A file that is
// there with the same content is not copied again; one with other content is
// never overwritten.
func (f *Files) Copy(share, copyFolder string, files []procedures.Copying) engine.Action {
	var works []work
	for rest := files; len(works) == 0 || len(rest) > 0; {
		some := rest[:min(copiesAtOnce, len(rest))]
		rest = rest[len(some):]
		works = append(works, work{kind: copyJob, name: "copy", what: "the copying", request: newCopyRequest(share, copyFolder, some)})
	}
	return engine.Action{
		ID: copyID(files), Kind: engine.File, Target: f.hosts.Name(), Text: copyText(share, copyFolder, files),
		Do: func(ctx context.Context, r engine.Reporter) error {
			for _, file := range files {
				if !fileName(file.Name) || file.As != "" && !fileName(file.As) {
					return &fault.Error{Class: fault.Refused, Tried: "copy " + clip(file.Name, 200), Target: f.hosts.Name(), Text: "this is no file name", Do: "look at who writes to the backup share"}
				}
			}
			result := &jobResult{OK: true}
			for _, w := range works {
				one, err := f.jobs.do(ctx, w, r)
				if err != nil {
					return err
				}
				result.add(one)
				if one.Error != nil {
					break
				}
			}
			result.observe(r)
			if err := result.outcome("copy", f.hosts.Name()); err != nil {
				return err
			}
			return result.complete(files, f.hosts.Name())
		},
		Settle: func(ctx context.Context) (took bool, err error) {
			for _, w := range works {
				if took, err = f.jobs.settle(ctx, w); err != nil || !took {
					return false, err
				}
			}
			return took, nil
		},
	}
}

// add takes in what the next job has copied.
func (res *jobResult) add(one *jobResult) {
	res.OK, res.Error = res.OK && one.OK, one.Error
	res.Files, res.Failed = append(res.Files, one.Files...), append(res.Failed, one.Failed...)
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
	for _, file := range res.Files {
		if file.Kept {
			r.Observe(procedures.KeptCopy+file.Name, file.SHA256)
		}
	}
	for _, file := range res.Failed {
		r.Observe(procedures.NotCopied+file.Name, file.Error.Message)
	}
}

// complete proves that the result speaks of every file that was asked for.
func (res *jobResult) complete(files []procedures.Copying, target string) error {
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
