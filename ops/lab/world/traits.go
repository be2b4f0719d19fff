package world

import (
	"fmt"
	"time"
)

// traits are what a server is like, beside what it holds.
type traits struct {
	zeroing   time.Duration // how much longer a RESTORE creates files
	unpatched bool          // it lacks KB2725950
	hangs     bool          // extended procedures that look at the share do not come back
	alone     bool          // the domain does not tell it the names of accounts
	services  string        // in which its services are named; "": English
	others    int           // rows that msdb has of other databases' backups
}

// SetZeroing lets RESTORE on a server create and zero files for so long before it
// restores anything, also RESTORE LOG, whose log may add a file.
func (w *World) SetZeroing(instance string, d time.Duration) error {
	return w.trait(instance, func(t *traits) { t.zeroing = d })
}

// SetPatched takes KB2725950 from a server, or installs it.
func (w *World) SetPatched(instance string, patched bool) error {
	return w.trait(instance, func(t *traits) { t.unpatched = !patched })
}

// SetPathsHang lets what looks at the share from T-SQL hang, or answer.
func (w *World) SetPathsHang(instance string, hang bool) error {
	return w.trait(instance, func(t *traits) { t.hangs = hang })
}

// SetDomainAway lets no domain controller answer a server.
func (w *World) SetDomainAway(instance string, away bool) error {
	return w.trait(instance, func(t *traits) { t.alone = away })
}

// SetServices names the services of a server as another language does: ru, zh or ja.
func (w *World) SetServices(instance, tongue string) error {
	if tongue != "" && agentNames[tongue] == "" {
		return fmt.Errorf("no language %q: ru, zh or ja", tongue)
	}
	return w.trait(instance, func(t *traits) { t.services = tongue })
}

// agentNames are the display names of SQL Server Agent before the instance's name.
var agentNames = map[string]string{"": "SQL Server Agent", "ru": "Агент SQL Server", "zh": "SQL Server 代理", "ja": "SQL Server エージェント"}

func (w *World) trait(instance string, set func(*traits)) error {
	i := w.Instance(instance)
	if i == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	w.locked(func() { set(&i.traits); w.locksChanged() })
	return nil
}
