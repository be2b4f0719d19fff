package world

import (
	"fmt"
	"slices"
	"strings"
)

// Endpoint is how somebody left the database mirroring endpoint of an instance.
type Endpoint struct {
	State string // STARTED, STOPPED, or "none"
	Role  string // empty: as it was
	Plain bool   // no encryption
}

// misfit is what is wrong with an instance since somebody set it up.
type misfit struct {
	endpoint Endpoint
	noFolder bool // the default folder for data files is gone
}

// SetEndpoint changes the mirroring endpoint. Sessions that run go on: the lab has
// no wire between partners.
func (w *World) SetEndpoint(instance string, e Endpoint) error {
	i := w.Instance(instance)
	switch {
	case i == nil:
		return fmt.Errorf("no instance %q", instance)
	case !slices.Contains([]string{"STARTED", "STOPPED", "none"}, e.State):
		return fmt.Errorf("no state %q: STARTED, STOPPED or none", e.State)
	case !slices.Contains([]string{"", "ALL", "PARTNER", "WITNESS"}, e.Role):
		return fmt.Errorf("no role %q: ALL, PARTNER or WITNESS", e.Role)
	}
	w.locked(func() { i.misfit.endpoint = e })
	return nil
}

// SetDataFolder takes the default folder for data and log files away, or makes it
// again. Files that are there stay in use.
func (w *World) SetDataFolder(instance string, there bool) error {
	i := w.Instance(instance)
	if i == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	w.locked(func() { i.misfit.noFolder = !there })
	return nil
}

// SetRelease makes an instance one of another release.
func (w *World) SetRelease(instance string, v Version) error {
	i := w.Instance(instance)
	if i == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	w.locked(func() { i.version = v })
	return nil
}

// keeps reports whether a path is the folder of the instance's database files,
// which are no real ones.
func (i *Instance) keeps(path string) bool {
	return strings.EqualFold(strings.TrimRight(path, `\`), dataFolder) && !i.misfit.noFolder
}
