package world

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Catalogue is what the servers have in their catalogues, the pool's state, and
// the files of all shares and hosts, one thing a line: two that are the same show
// that nothing was changed in between.
func (w *World) Catalogue() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, i := range w.instances {
		for _, d := range i.databases {
			out = append(out, fmt.Sprint(i.Name(), " database ", d.name, " ", d.state, " ", d.recovery, " ", d.access))
		}
		for _, l := range i.logins {
			out = append(out, fmt.Sprint(i.Name(), " login ", l.name, " ", l.sysadmin, " ", l.disabled, " ", l.password))
		}
		for _, j := range i.agent.jobs {
			out = append(out, fmt.Sprint(i.Name(), " job ", j.name, " ", j.enabled))
		}
	}
	for _, p := range w.pairs {
		out = append(out, fmt.Sprint("pair ", p.principal.Name(), " ", p.mirror.Name()))
	}
	out = append(out, "pool "+w.pool.state)
	for _, s := range ChatServers() {
		out = append(out, fmt.Sprint("active ", s.FQDN, " ", w.pool.isActive(s.FQDN)))
	}
	for _, root := range []string{w.sharePath(), filepath.Join(w.cfg.Dir, "hosts")} {
		_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				size := int64(-1)
				if info, err := e.Info(); err == nil {
					size = info.Size()
				}
				out = append(out, fmt.Sprint("file ", strings.TrimPrefix(path, w.cfg.Dir), " ", size))
			}
			return nil // what cannot be read is the same before and after
		})
	}
	slices.Sort(out)
	return out
}
