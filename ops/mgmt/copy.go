package mgmt

import (
	"context"
	"fmt"
	"slices"
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
	As    string `json:"as,omitempty"`   // its name in the destination, where its own is taken
	Anew  bool   `json:"anew,omitempty"` // even if what has its own name there is the same
}

func newCopyRequest(share, copyFolder string, files []procedures.Copying) copyRequest {
	request := copyRequest{Source: share, Destination: copyFolder, Files: []copyFile{}}
	for _, f := range files {
		request.Files = append(request.Files, copyFile{f.Name, max(0, f.Bytes), f.As, f.Anew && f.As != ""})
	}
	return request
}

// copyID names the action by its files, so that the same copy has the same name
// in every plan.
func copyID(files []procedures.Copying) string {
	switch len(files) {
	case 0:
		return "copy nothing"
	case 1:
		return "copy " + files[0].Name
	}
	return fmt.Sprintf("copy %d files, %s to %s", len(files), files[0].Name, files[len(files)-1].Name)
}

// copyText renders the copy as an engineer would type it.
func copyText(share, copyFolder string, files []procedures.Copying) string {
	var b strings.Builder
	for _, f := range files {
		to := copyFolder
		if f.As != "" {
			to += `\` + f.As
		}
		fmt.Fprintf(&b, "Copy-Item -LiteralPath %s -Destination %s\n", quoted(share+`\`+f.Name), quoted(to))
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
	return f.hash(ctx, path, names, 0)
}

// beginning is how much of a backup file is compared: its labels and the header
// of its first set are in there, however large the rest.
const beginning = 64 << 10

// atOnce bounds how many files one request compares, so that it is answered in
// time over a slow link.
const atOnce = 100

// Alike compares the beginnings of files of one name on share and in the copy
// folder.
func (f *Files) Alike(ctx context.Context, share, copyFolder string, names []string) (map[string]bool, error) {
	alike := map[string]bool{}
	for some := range slices.Chunk(names, atOnce) {
		there, err := f.hash(ctx, share, some, beginning)
		if err != nil {
			return alike, err
		}
		here, err := f.hash(ctx, copyFolder, some, beginning)
		if err != nil {
			return alike, err
		}
		for _, name := range some {
			a, onShare := there[name]
			b, copied := here[name]
			if onShare && copied {
				alike[name] = a == b
			}
		}
	}
	return alike, nil
}

// Readable tells which files of a folder the host can open at this moment.
func (f *Files) Readable(ctx context.Context, folder string, names []string) (map[string]bool, error) {
	readable := map[string]bool{}
	for some := range slices.Chunk(names, atOnce) {
		opened, err := f.hash(ctx, folder, some, 1)
		if err != nil {
			return nil, err
		}
		for name := range opened {
			readable[name] = true
		}
	}
	return readable, nil
}

// hashRequest is the request of hash-files. Head limits how many bytes of each
// file are read; 0: all.
type hashRequest struct {
	Folder string   `json:"folder"`
	Names  []string `json:"names"`
	Head   int      `json:"head"`
	RunAs  string   `json:"runAs,omitempty"`
}

func (f *Files) hash(ctx context.Context, path string, names []string, head int) (map[string]Digest, error) {
	request := hashRequest{Folder: path, Names: names, Head: head}
	var answer struct {
		Files []copied `json:"files"`
	}
	h, err := f.hosts.first(ctx, func(ctx context.Context, h *Host) error {
		if !strings.HasPrefix(path, `\\`) {
			return h.Call(ctx, HashFiles, request, "", &answer)
		}
		_, err := h.readAs(ctx, HashFiles, func(account string) any {
			request.RunAs = account
			return request
		}, &answer)
		return err
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
