package windows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
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
	ID     string   `json:"id"`
	Path   string   `json:"path"`
	Files  []file   `json:"files"`
	Others int      `json:"others"` // other files, and folders
	Some   []string `json:"some"`   // names of the first of them
	Error  *failure `json:"error"`
}

// mostNamed is how many of the others a listing names.
const mostNamed = 3

func listFiles(ctx context.Context, h *Host, c call) (any, error) {
	request, err := decode[struct {
		Folders []struct {
			ID   string `json:"id"`
			Path string `json:"path"`
		} `json:"folders"`
		Pattern string `json:"pattern"`
		RunAs   string `json:"runAs"` // the account for the second hop, its password is the secret
	}](c.request)
	if err == nil {
		err = ofRead(lacks(c, "win32", "folders", "pattern"))
	}
	if err != nil {
		return nil, err
	}
	answer := struct {
		Folders []folder `json:"folders"`
		Free    int64    `json:"free"`
	}{[]folder{}, -1}
	for _, f := range request.Folders {
		one := folder{ID: f.ID, Path: f.Path, Files: []file{}, Some: []string{}}
		var entries []os.FileInfo
		lent, err := h.lend(c, request.RunAs).share(ctx, f.Path, func() (err error) {
			entries, err = h.readFolder(f.Path)
			return err
		})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			one.Error = h.unreadable(err, f.Path, lent)
		}
		for _, e := range entries {
			if e.Mode().IsRegular() && wildcard(request.Pattern, e.Name()) {
				one.Files = append(one.Files, file{e.Name(), e.Size(), stamp(e.ModTime())})
				continue
			}
			if one.Others++; one.Others <= mostNamed {
				one.Some = append(one.Some, e.Name())
			}
		}
		if answer.Free = -1; err == nil {
			answer.Free = max(0, h.Free(f.Path))
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
		Head   int64    `json:"head"`  // bytes of each file; 0: all
		RunAs  string   `json:"runAs"` // the account for the second hop, its password is the secret
	}](c.request)
	if err == nil {
		err = ofRead(lacks(c, "win32", "folder", "head", "names"))
		if f := new(failure); errors.As(err, &f) {
			f.Path = request.Folder
		}
	}
	if err != nil {
		return nil, err
	}
	lent, err := h.lend(c, request.RunAs).share(ctx, request.Folder, func() error {
		_, err := h.readFolder(request.Folder)
		return err
	})
	if err != nil {
		return nil, h.unreadable(err, request.Folder, lent)
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
			continue // nothing is said about a file that cannot be opened
		}
		one, err := digest(ctx, path, request.Head)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			continue
		}
		one.Name = name
		answer.Files = append(answer.Files, one)
	}
	return answer, nil
}

// digest gives the length of a file and the hash of its beginning, or of all.
func digest(ctx context.Context, path string, head int64) (proof, error) {
	if head <= 0 {
		sum, n, err := hash(ctx, path)
		return proof{Bytes: n, SHA256: sum}, err
	}
	f, err := os.Open(path)
	if err != nil {
		return proof{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return proof{}, err
	}
	h := sha256.New()
	_, err = io.Copy(h, io.LimitReader(f, head))
	return proof{Bytes: info.Size(), SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// hash reads a whole file, unless ctx ends first.
func hash(ctx context.Context, path string) (sum string, n int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }() // it was only read
	h := sha256.New()
	for err == nil {
		var more int64
		more, err = io.CopyN(h, f, 1<<20)
		n += more
		if ctx.Err() != nil {
			return "", 0, ctx.Err()
		}
	}
	if !errors.Is(err, io.EOF) {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), n, nil
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
