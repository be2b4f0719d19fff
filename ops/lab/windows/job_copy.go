package windows

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
)

// copyRequest is the request of a copy job.
type copyRequest struct {
	Source      string `json:"source"`
	Destination string `json:"destination"`
	Files       []struct {
		Name  string `json:"n"`
		Bytes int64  `json:"len"`
		As    string `json:"as"`   // its name in the destination; "": its own
		Anew  bool   `json:"anew"` // what has its own name there does not count
	} `json:"files"`
}

// copyStatus is the progress of a copy job over all its files.
type copyStatus struct {
	File       string `json:"file"`
	Bytes      int64  `json:"bytes"`
	TotalBytes int64  `json:"totalBytes"`
	FilesDone  int    `json:"filesDone"`
	FilesTotal int    `json:"filesTotal"`
}

// copied is a file that is in the destination with the content of the source.
type copied struct {
	proof
	Kept bool `json:"kept"`
}

type notCopied struct {
	Name  string   `json:"n"`
	Error *failure `json:"error"`
}

type copyResult struct {
	OK     bool        `json:"ok"`
	Files  []copied    `json:"files"`
	Failed []notCopied `json:"failed"`
	Error  *failure    `json:"error,omitempty"` // nothing could be copied at all
}

// copyJob prepares a job of kind copy.
func (h *Host) copyJob(id string, raw json.RawMessage) (work, error) {
	r, err := decode[copyRequest](raw)
	if err != nil {
		return nil, refused("%v", err)
	}
	for _, f := range r.Files {
		if !fileName(f.Name) || f.As != "" && !fileName(f.As) {
			return nil, refused("%.100q is no file name.", f.Name)
		}
	}
	return func(ctx context.Context, log func(string), status func(any)) (any, bool) {
		c := copier{host: h, id: id, request: r, report: status}
		result := c.run(ctx, log)
		return result, result.OK
	}, nil
}

// copier is a copy job at work.
type copier struct {
	host    *Host
	id      string
	request copyRequest
	report  func(any)
	status  copyStatus
}

func (c *copier) run(ctx context.Context, log func(string)) copyResult {
	result := copyResult{Files: []copied{}, Failed: []notCopied{}}
	c.status.FilesTotal = len(c.request.Files)
	for _, f := range c.request.Files {
		c.status.TotalBytes += f.Bytes
	}
	if err := c.there(); err != nil {
		result.Error = failureOf(err, c.request.Destination)
		log(result.Error.Message)
		return result
	}
	c.report(c.status)
	for _, f := range c.request.Files {
		c.status.File = f.Name
		c.report(c.status)
		one, err := c.one(ctx, f.Name, cmp.Or(f.As, f.Name), f.Anew, f.Bytes)
		if ctx.Err() != nil {
			return result
		}
		if err != nil {
			failure := failureOf(err, f.Name)
			failure.Path = f.Name
			result.Failed = append(result.Failed, notCopied{f.Name, failure})
			log(f.Name + "  " + failure.Message)
		} else {
			result.Files = append(result.Files, one)
			log(fmt.Sprintf("%s  %d bytes  %s", one.Name, one.Bytes, one.SHA256))
		}
		c.status.FilesDone++
		c.report(c.status)
	}
	c.status.File = ""
	c.report(c.status)
	result.OK = len(result.Failed) == 0
	return result
}

// there refuses a copy to a folder that cannot be read. Whether there is room turns
// out with each file.
func (c *copier) there() error {
	_, err := c.host.readFolder(c.request.Destination)
	return err
}
