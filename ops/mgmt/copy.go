package mgmt

import (
	"context"
	"fmt"
	"strings"

	"pchatops/ops/procedures"
)

// copyRequest is the request of a copy job.
type copyRequest struct {
	Source      string     `json:"source"`
	Destination string     `json:"destination"`
	Files       []copyFile `json:"files"`
}

type copyFile struct {
	Name  string `json:"n"`
	Bytes int64  `json:"len"`
}

func newCopyRequest(share, copyFolder string, files []procedures.Backup) copyRequest {
	request := copyRequest{Source: share, Destination: copyFolder, Files: []copyFile{}}
	for _, f := range files {
		request.Files = append(request.Files, copyFile{f.Name, max(0, f.Bytes)})
	}
	return request
}

// copyID names the action by its files, so that the same copy has the same name
// in every plan.
func copyID(files []procedures.Backup) string {
	switch len(files) {
	case 0:
		return "copy nothing"
	case 1:
		return "copy " + files[0].Name
	}
	return fmt.Sprintf("copy %d files, %s to %s", len(files), files[0].Name, files[len(files)-1].Name)
}

// copyText renders the copy as an engineer would type it.
func copyText(share, copyFolder string, files []procedures.Backup) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "Copy-Item -LiteralPath %s -Destination %s\n", quoted(share+`\`+f.Name), quoted(copyFolder))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Digest is the length and SHA-256 of a file, in hexadecimal.
type Digest struct {
	Bytes  int64
	SHA256 string
}

// Hash reads files of a folder on the host and hashes them; missing ones are
// left out. It proves a copy apart from the job that made it.
func (f *Files) Hash(ctx context.Context, path string, names []string) (map[string]Digest, error) {
	request := struct {
		Folder string   `json:"folder"`
		Names  []string `json:"names"`
	}{path, names}
	var answer struct {
		Files []copied `json:"files"`
	}
	h, err := f.hosts.first(ctx, func(ctx context.Context, h *Host) error {
		return h.Call(ctx, HashFiles, request, "", &answer)
	})
	if err != nil {
		return nil, err
	}
	digests := map[string]Digest{}
	for _, file := range answer.Files {
		if !fileName(file.Name) || len(file.SHA256) != 64 {
			return nil, strange(h, HashFiles, file.Name)
		}
		digests[file.Name] = Digest{file.Bytes, file.SHA256}
	}
	return digests, nil
}
