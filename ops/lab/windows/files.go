package windows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// file is one file of a listing.
type file struct {
	Name  string `json:"n"`
	Bytes int64  `json:"len"`
	MTime string `json:"mtime"`
}

// folder is one folder of a listing, or why it could not be read.
type folder struct {
	ID    string   `json:"id"`
	Path  string   `json:"path"`
	Files []file   `json:"files"`
	Error *failure `json:"error"`
}

func listFiles(_ context.Context, h *Host, c call) (any, error) {
	request, err := decode[struct {
		Folders []struct {
			ID   string `json:"id"`
			Path string `json:"path"`
		} `json:"folders"`
		Pattern string `json:"pattern"`
	}](c.request)
	if err != nil {
		return nil, err
	}
	answer := struct {
		Folders []folder `json:"folders"`
		Free    int64    `json:"free"`
	}{[]folder{}, -1}
	for _, f := range request.Folders {
		one := folder{ID: f.ID, Path: f.Path, Files: []file{}}
		entries, err := h.readFolder(f.Path)
		if err != nil {
			one.Error = failureOf(err, f.Path)
		}
		used := int64(0)
		for _, e := range entries {
			used += e.Size()
			if e.Mode().IsRegular() && wildcard(request.Pattern, e.Name()) {
				one.Files = append(one.Files, file{e.Name(), e.Size(), stamp(e.ModTime())})
			}
		}
		if answer.Free = -1; err == nil {
			answer.Free = max(0, h.Volume-used)
		}
		answer.Folders = append(answer.Folders, one)
	}
	return answer, nil
}

// proof is a file whose content is known.
type proof struct {
	Name   string `json:"n"`
	Bytes  int64  `json:"len"`
	SHA256 string `json:"sha256"`
}

func hashFiles(ctx context.Context, h *Host, c call) (any, error) {
	request, err := decode[struct {
		Folder string   `json:"folder"`
		Names  []string `json:"names"`
	}](c.request)
	if err != nil {
		return nil, err
	}
	if _, err := h.readFolder(request.Folder); err != nil {
		return nil, failureOf(err, request.Folder)
	}
	answer := struct {
		Files []proof `json:"files"`
	}{[]proof{}}
	for _, name := range request.Names {
		if !fileName(name) {
			continue
		}
		path, err := h.Estate.Resolve(h.Name, join(request.Folder, name))
		if err != nil {
			return nil, failureOf(err, name)
		}
		sum, n, err := hash(ctx, path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, failureOf(err, name)
		}
		answer.Files = append(answer.Files, proof{name, n, sum})
	}
	return answer, nil
}

// hash reads a whole file.
func hash(ctx context.Context, path string) (sum string, n int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	n, err = io.Copy(h, untilDone{ctx, f})
	return hex.EncodeToString(h.Sum(nil)), n, err
}

// untilDone reads until ctx ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

// Read fails once ctx has ended.
func (u untilDone) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}

func join(folder, name string) string { return strings.TrimRight(folder, `\`) + `\` + name }

// fileName tells whether a name is one of a mere file.
func fileName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= 255 &&
		strings.IndexFunc(name, func(r rune) bool { return r < ' ' || strings.ContainsRune(`\/:*?"<>|`, r) }) < 0
}

// wildcard matches * and ? without regard to case.
func wildcard(pattern, name string) bool {
	p, n := []rune(strings.ToLower(pattern)), []rune(strings.ToLower(name))
	star, mark, i, j := -1, 0, 0, 0
	for j < len(n) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == n[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
