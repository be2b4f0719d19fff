package lab

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pchatops/ops/lab/world"
)

// fileHelp says what may be done to files; `duplicate` and its like name the
// new file with as.
const fileHelp = `do=WHAT folder=share|copy name=mgc_….trn [as=…]: damage (a page), header (behind its label), garble (no backup at all), truncate, ` +
	`replace [with=OTHER] (same length), remove, rename as=, duplicate as=, copy as= (into the other folder), ` +
	`deny|in-use|stall|release [who=SQL11\RTC|SQL11] (for everybody, an instance's services, a host), ` +
	`encrypt, tde, password, newer, odd (an error that nobody foresaw), incomplete, stripe files=3, append with=OTHER (a second set), strange (copies under impossible names), ` +
	`foreign [database=erp count=100 readable=false], tail [instance=SQL01\RTC] (a log backup taken by hand, on the share)`

// fileChange is one thing to do to files.
type fileChange func(w *world.World, folder, name string, v map[string]string) (any, error)

// fileChanges are what `file do=…` takes.
var fileChanges = map[string]fileChange{
	"damage":     change((*world.World).Damage),
	"header":     change((*world.World).DamageHeader),
	"garble":     change((*world.World).Garble),
	"remove":     change((*world.World).Remove),
	"encrypt":    change((*world.World).Encrypt),
	"tde":        change((*world.World).EncryptDatabase),
	"password":   change((*world.World).Lock),
	"odd":        change((*world.World).Confuse),
	"newer":      change((*world.World).Newer),
	"incomplete": change((*world.World).Unfinished),
	"strange":    change((*world.World).Strange),
	"truncate": func(w *world.World, folder, name string, _ map[string]string) (any, error) {
		return nil, w.Truncate(folder, name, 0.5)
	},
	"replace":   changeAs((*world.World).Replace, "with"),
	"append":    changeAs((*world.World).Append, "with"),
	"rename":    changeAs((*world.World).Rename, "as"),
	"duplicate": changeAs((*world.World).Duplicate, "as"),
	"copy": func(w *world.World, folder, name string, v map[string]string) (any, error) {
		to := world.Share
		if folder == to {
			to = world.Folder
		}
		return nil, w.Copy(folder, to, name, or(v["as"], name))
	},
	"deny":    access(world.Denied),
	"in-use":  access(world.InUse),
	"stall":   access(world.Stalled),
	"release": access(world.Allowed),
	"stripe": func(w *world.World, folder, name string, v map[string]string) (any, error) {
		n, err := strconv.Atoi(or(v["files"], "2"))
		if err != nil {
			return nil, fmt.Errorf("files=%q: a number", v["files"])
		}
		names, err := w.Stripe(folder, name, n)
		return map[string]string{"names": strings.Join(names, " ")}, err
	},
	"tail": func(w *world.World, _, name string, v map[string]string) (any, error) {
		return nil, w.Tail(or(v["instance"], world.Primary), name)
	},
	"foreign": foreign,
}

func change(do func(w *world.World, folder, name string) error) fileChange {
	return func(w *world.World, folder, name string, _ map[string]string) (any, error) {
		return nil, do(w, folder, name)
	}
}

func changeAs(do func(w *world.World, folder, name, other string) error, key string) fileChange {
	return func(w *world.World, folder, name string, v map[string]string) (any, error) {
		return nil, do(w, folder, name, v[key])
	}
}

func access(a world.Access) fileChange {
	return func(w *world.World, folder, name string, v map[string]string) (any, error) {
		return nil, w.SetFileAccess(folder, name, v["who"], a)
	}
}

// foreign leaves one backup of another database of the same name, or any
// number of another product's files.
func foreign(w *world.World, folder, _ string, v map[string]string) (any, error) {
	if v["count"] == "" && v["database"] == "" {
		made, err := w.Foreign(folder, w.Now())
		return map[string]string{"name": made}, err
	}
	n, err := strconv.Atoi(or(v["count"], "1"))
	if err != nil || n < 0 || n > 100_000 {
		return nil, fmt.Errorf("count=%q: at most 100000", v["count"])
	}
	return nil, w.Foreigners(folder, or(v["database"], "erp"), n, v["readable"] != "false")
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func (l *Lab) ctlFile(v map[string]string) (any, error) {
	folder, err := folderOf(v)
	if err != nil {
		return nil, err
	}
	do, ok := fileChanges[v["do"]]
	if !ok {
		return nil, fmt.Errorf("do=%q: %s", v["do"], strings.Join(slices.Sorted(maps.Keys(fileChanges)), ", "))
	}
	return do(l.world, folder, v["name"], v)
}
