package world

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Endpoint is how somebody left the database mirroring endpoint of an instance.
type Endpoint struct {
	State string // STARTED, STOPPED, "none", or "taken": none, and Service Broker listens on its port
	Name  string // empty: as it was
	Port  int    // 0: as it was
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
	case !slices.Contains([]string{"STARTED", "STOPPED", "none", "taken"}, e.State):
		return fmt.Errorf("no state %q: STARTED, STOPPED, none or taken", e.State)
	case !slices.Contains([]string{"", "ALL", "PARTNER", "WITNESS"}, e.Role):
		return fmt.Errorf("no role %q: ALL, PARTNER or WITNESS", e.Role)
	}
	w.locked(func() { i.misfit.endpoint = e })
	return nil
}

// there reports whether there is one.
func (e Endpoint) there() bool { return e.State != "none" && e.State != "taken" }

// partnerPort is where Install-CsMirrorDatabase makes an endpoint of a partner.
const partnerPort = 5022

func (e Endpoint) name() string { return cmp.Or(e.Name, "mirroring_endpoint") }
func (e Endpoint) port() int    { return cmp.Or(e.Port, partnerPort) }

// mirrors is why an instance cannot be a partner; nil: it can, or the cmdlet makes
// what is missing.
func (i *Instance) mirrors() error {
	switch e := i.misfit.endpoint; {
	case e.State == "taken":
		return refusal("Endpoint", "ResourceUnavailable", "Cannot create a mirroring endpoint on %s: Error 9692: The endpoint cannot listen on port %d because it is in use by another process.", i.Name(), partnerPort)
	case e.State == "STOPPED", e.Role == "WITNESS":
		return refusal("Endpoint", "ResourceUnavailable", "Error 1418: The server network address of %s can not be reached or does not exist. Check the network address name and that the ports for the local and remote endpoints are operational.", i.Name())
	}
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
