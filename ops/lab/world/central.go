package world

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/lab/windows"
)

// centralPlaces are the back ends of the Front End pools that can hold the Central
// Management Store. A machine has power as long as any server of its data centre has.
var centralPlaces = map[string]string{"FESQL01": "dc1", "FESQL11": "dc2"}

// centralAt is the machine of a data centre that can hold the store.
func centralAt(dataCentre string) string {
	for host, dc := range centralPlaces {
		if dc == dataCentre {
			return host
		}
	}
	return ""
}

const centralInstance = "rtc"

// central is the Central Management Store.
type central struct {
	at       string // the machine that Active Directory names
	backup   string // that the topology defines for it; "": none
	down     bool   // its SQL Server is stopped on its own
	readOnly bool
	cutOff   bool     // the network keeps it from data centre 2
	masters  []string // machines that hold a store which takes changes
}

func newCentral() central {
	return central{at: "FESQL11", backup: "FESQL01", masters: []string{"FESQL11"}}
}

// SetCentral moves the Central Management Store to a data centre, and says whether
// the other one has a backup of it.
func (w *World) SetCentral(dataCentre string, backup bool) error {
	at := centralAt(dataCentre)
	if at == "" {
		return fmt.Errorf("no data centre %q", dataCentre)
	}
	w.locked(func() {
		w.central = central{at: at, masters: []string{at}}
		for host := range centralPlaces {
			if host != at && backup {
				w.central.backup = host
			}
		}
	})
	return nil
}

// SetCentralState lets the store be up, down, cut-off or read-only.
func (w *World) SetCentralState(state string) error {
	if !slices.Contains([]string{"up", "down", "cut-off", "read-only"}, state) {
		return fmt.Errorf("state=%q: up, down, cut-off or read-only", state)
	}
	w.locked(func() {
		w.central.down, w.central.cutOff, w.central.readOnly = state == "down", state == "cut-off", state == "read-only"
	})
	return nil
}

// centralOn reports whether a machine that can hold the store has power.
func (w *World) centralOn(host string) bool {
	return slices.ContainsFunc(w.instances, func(i *Instance) bool { return i.dataCentre == centralPlaces[host] && (i.up || i.stopped) })
}

// centralReach is what an attempt to connect to the store's SQL Server comes to: 0,
// or the number that SQL Server's client gives.
func (w *World) centralReach(from, host string) int {
	dc := centralPlaces[host]
	lost := from != dc && (w.faults.severed[from] || w.faults.severed[dc])
	switch {
	case !w.centralOn(host), lost, w.central.cutOff && host == w.central.at:
		return networkPathNotFound
	case w.central.down && host == w.central.at:
		return couldNotConnect
	}
	return 0
}

// The numbers of a SQL Server that cannot be reached.
const (
	couldNotConnect     = 2
	networkPathNotFound = 53
)

func centralStore(host string) windows.Store {
	if host == "" {
		return windows.Store{}
	}
	return windows.Store{FQDN: fqdn(host), Instance: centralInstance}
}

// Central is the Central Management Store as a host of a data centre meets it.
func (w *World) Central(from string) windows.Central {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := windows.Central{At: centralStore(w.central.at), Code: w.centralReach(from, w.central.at), Updateability: "READ_WRITE", Known: []windows.Store{centralStore(w.central.at)}}
	if w.central.readOnly {
		c.Updateability = "READ_ONLY"
	}
	if w.central.backup != "" {
		c.Known = append(c.Known, centralStore(w.central.backup))
	}
	return c
}

// Masters are the machines that hold a Central Management Store which takes
// changes. There is to be one.
func (w *World) Masters() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.central.masters)
}

// FailOverCentral is Invoke-CsManagementServerFailover in disaster recovery mode. It
// asks nobody whether the old store lives.
func (w *World) FailOverCentral(ctx context.Context, from string, to windows.Store, force bool, log func(string)) error {
	w.mu.Lock()
	host := shortHost(to.FQDN)
	known := host != "" && (host == w.central.backup || host == w.central.at)
	reach := 0
	if known {
		reach = w.centralReach(from, host)
	}
	w.mu.Unlock()
	switch {
	case !force:
		return refusal("ParameterBindingException", "InvalidArgument", "Cannot process command because of one or more missing mandatory parameters: Force.")
	case !known || !strings.EqualFold(to.Instance, centralInstance):
		return refusal("BackupStoreNotFound", "ObjectNotFound", "The database %s\\%s is not defined in the topology as a backup of the Central Management Store.", to.FQDN, to.Instance)
	case reach != 0:
		return refusal("SqlConnectionException", "NotSpecified", "A network-related or instance-specific error occurred while establishing a connection to SQL Server %s. (%d)", to.FQDN, reach)
	}
	log("Failing over the Central Management Store to " + to.FQDN + `\` + to.Instance)
	if err := w.Clock.Wait(ctx, 20*time.Second); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if old := w.central.at; old == host {
		w.ledger.twice = append(w.ledger.twice, "Invoke-CsManagementServerFailover to "+to.FQDN)
	} else {
		if w.centralOn(old) && !w.central.down { // it goes on taking changes
			w.central.masters = append(w.central.masters, host)
		} else {
			w.central.masters = []string{host}
		}
		w.central.at, w.central.backup = host, old
		w.central.down, w.central.readOnly, w.central.cutOff = false, false, false
	}
	log("The service control point names " + to.FQDN + `\` + to.Instance + " now.")
	return nil
}
