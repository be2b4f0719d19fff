package lab

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pchatops/ops/lab/world"
)

// chosen is how a scenario names a backup of the chat database: newest-1,
// pending (the oldest that the secondary has not restored), pending+2; foreign is
// the oldest of another database.
var chosen = regexp.MustCompile(`^(oldest|newest|pending|foreign)([+-][0-9]+)?$`)

// choose finds a backup among those of a folder (share or copy; "": both). Any
// other name stands for itself.
func (l *Lab) choose(folder, name string) (string, error) {
	m := chosen.FindStringSubmatch(name)
	if m == nil {
		return name, nil
	}
	all, err := l.backups(folder, m[1] != "foreign")
	if err != nil {
		return "", err
	}
	at, _ := strconv.Atoi(m[2]) // as it was matched
	switch m[1] {
	case "newest":
		at += len(all) - 1
	case "pending":
		restored := l.world.Restored(world.Secondary)
		for _, path := range restored {
			base := path[strings.LastIndexByte(path, '\\')+1:]
			all = slices.DeleteFunc(all, func(n string) bool { return n <= base })
		}
	}
	if at < 0 || at >= len(all) {
		return "", fmt.Errorf("there is no %s among %v", name, all)
	}
	return all[at], nil
}

// backups are the log backups of the chat database in a folder, or those of others,
// whatever the site's own servers may see of it.
func (l *Lab) backups(folder string, ours bool) ([]string, error) {
	places := map[string][]string{
		"share": {l.world.SharePath()}, "copy": {l.world.FolderPath()}, "": {l.world.SharePath(), l.world.FolderPath()},
	}[folder]
	if places == nil {
		return nil, fmt.Errorf("folder=%q: share or copy", folder)
	}
	names := map[string]bool{}
	for _, place := range places {
		found, err := filepath.Glob(filepath.Join(place, "*_*.trn"))
		if err != nil {
			return nil, err
		}
		for _, path := range found {
			if name := filepath.Base(path); strings.HasPrefix(name, world.Database+"_") == ours {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names)), nil
}

// fileByHand is the file command on chosen backups; a foreign one may have an
// age of its own.
func (l *Lab) fileByHand(v map[string]string) error {
	v = maps.Clone(v)
	if v["do"] == "foreign" && v["as"] != "" {
		age, err := time.ParseDuration(v["as"])
		folder, failure := folderOf(v)
		if err = errors.Join(err, failure); err != nil {
			return err
		}
		_, err = l.world.Foreign(folder, l.world.Now().Add(-age))
		return err
	}
	for _, key := range []string{"name", "with"} {
		name, err := l.choose(v["folder"], v[key])
		if err != nil {
			return err
		}
		v[key] = name
	}
	_, err := l.ctlFile(v)
	return err
}

// copyByHand copies the oldest backups that are not in the copy folder.
func (l *Lab) copyByHand(v map[string]string) error {
	n, err := strconv.Atoi(v["count"])
	if err != nil {
		return err
	}
	onShare, err := l.backups("share", true)
	copied, failure := l.backups("copy", true)
	if err = errors.Join(err, failure); err != nil {
		return err
	}
	for _, name := range onShare {
		if n == 0 || len(copied) > 0 && name <= copied[len(copied)-1] {
			continue
		}
		n--
		content, err := os.ReadFile(filepath.Join(l.world.SharePath(), name))
		if err == nil {
			err = os.WriteFile(filepath.Join(l.world.FolderPath(), name), content, 0o644)
		}
		if err != nil {
			return err
		}
	}
	if n > 0 {
		return fmt.Errorf("%d backups more than there are to copy", n)
	}
	return nil
}
