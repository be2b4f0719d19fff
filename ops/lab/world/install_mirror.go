package world

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/windows"
)

// partner is the store that the topology names as the mirror of a store.
var partner = map[string]string{"primary": "mirror", "backup": "backup-mirror"}

// InstallMirror is Install-CsMirrorDatabase for the chat database.
func (w *World) InstallMirror(ctx context.Context, m windows.Mirror, log func(string)) error {
	w.mu.Lock()
	w.installs++
	principal, mirror, err := w.mirrorStores(m)
	if err == nil && (w.installing > 0 || w.pairOf(principal, principal.db(Database)) != nil) {
		w.ledger.twice = append(w.ledger.twice, "Install-CsMirrorDatabase for "+principal.Name())
	}
	w.installing++
	w.mu.Unlock()
	defer func() { w.locked(func() { w.installing-- }) }()
	if err != nil {
		return err
	}
	log(fmt.Sprintf("Installing mirror databases: %s to %s", principal.Name(), mirror.Name()))
	log(fmt.Sprintf("Database Name: %s, Primary SQL: %s\\%s, Account: %s, Mirror SQL: %s\\%s, Account: %s",
		Database, principal.FQDN(), instanceName, principal.service, mirror.FQDN(), instanceName, mirror.service))
	file := strings.TrimRight(m.FileShare, `\`) + `\` + Database + "-" + principal.host + ".bak"
	for _, phase := range []struct {
		share float64
		says  string
		do    func() error
	}{
		{0.1, "Checking prerequisites and file share " + m.FileShare, func() error { return w.mirrorReady(principal, mirror, m) }},
		{0.35, "Backing up " + Database + " to " + file, func() error {
			b := tsql.Backup{Database: Database, Disks: []string{file}, With: options("INIT", "COPY_ONLY")}
			return runSQL(func(l *listener) *tsql.Error { return principal.backup(ctx, nil, b, l) })
		}},
		{0.35, "Restoring " + Database + " on " + mirror.Name(), func() error { return w.seedMirror(ctx, mirror, file, m.DropExisting) }},
		{0.2, "Enabling mirroring", func() error { return w.enableMirroring(principal, mirror) }},
	} {
		log(phase.says)
		if err := w.Clock.Wait(ctx, time.Duration(float64(w.cfg.MirrorTime)*phase.share)); err != nil {
			return err
		}
		if err := phase.do(); err != nil {
			log(err.Error())
			return err
		}
	}
	log("Mirroring of " + Database + " is established.")
	return nil
}

// mirrorStores finds the two instances and tells why they cannot be paired.
func (w *World) mirrorStores(m windows.Mirror) (principal, mirror *Instance, err error) {
	for name, mirrorName := range partner {
		if i := w.storeOf(name); i != nil && strings.EqualFold(i.FQDN(), m.SQLServerFQDN) {
			principal, mirror = i, w.storeOf(mirrorName)
		}
	}
	switch {
	case principal == nil || mirror == nil || (m.Instance != "" && !strings.EqualFold(m.Instance, instanceName)):
		return nil, nil, refusal("SqlStoreNotFound", "ObjectNotFound",
			"Cannot find a Persistent Chat store with a mirror on %q, instance %q, in the topology.", m.SQLServerFQDN, m.Instance)
	case m.MirrorFQDN != "" && !strings.EqualFold(m.MirrorFQDN, mirror.FQDN()):
		return nil, nil, refusal("SqlStoreNotFound", "ObjectNotFound", "The topology names %s as the mirror, not %s.", mirror.FQDN(), m.MirrorFQDN)
	}
	return principal, mirror, nil
}

// mirrorReady checks what the cmdlet checks before it touches anything.
func (w *World) mirrorReady(principal, mirror *Instance, m windows.Mirror) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := principal.db(Database)
	switch {
	case !principal.up:
		return refusal("SqlConnection", "ConnectionError", "Cannot connect to SQL Server %s.", principal.Name())
	case !mirror.up:
		return refusal("SqlConnection", "ConnectionError", "Cannot connect to SQL Server %s.", mirror.Name())
	case d == nil || !d.recovered():
		return refusal("DatabaseNotAccessible", "InvalidOperation", "Database %s on %s is not accessible.", Database, principal.Name())
	case d.recovery != "FULL":
		return refusal("RecoveryModel", "InvalidOperation", "Database %s on %s is not in the full recovery model.", Database, principal.Name())
	case w.pairOf(principal, d) != nil:
		return refusal("AlreadyMirrored", "InvalidOperation", "Database %s on %s is already mirrored.", Database, principal.Name())
	case mirror.db(Database) != nil && !m.DropExisting:
		return refusal("DatabaseExists", "ResourceExists",
			"Database %s already exists on %s. Use DropExistingDatabasesOnMirror to replace it.", Database, mirror.Name())
	}
	for _, i := range []*Instance{principal, mirror} {
		if _, err := i.file(Engine, m.FileShare, true); err != nil {
			return refusal("FileShare", shareCategory(err), "%s cannot use the file share %s: %v", i.Name(), m.FileShare, err)
		}
	}
	return nil
}

// shareCategory is how the cmdlet files the trouble with a share.
func shareCategory(err error) string {
	var refused *windows.Win32Error
	if errors.As(err, &refused) && refused.Code == 5 {
		return "PermissionDenied"
	}
	return "ResourceUnavailable"
}

func (w *World) seedMirror(ctx context.Context, mirror *Instance, file string, drop bool) error {
	w.mu.Lock()
	if d := mirror.db(Database); d != nil && drop {
		mirror.drop(d)
	}
	w.mu.Unlock()
	r := tsql.Restore{What: "DATABASE", Database: Database, Disks: []string{file}, With: options("NORECOVERY")}
	return runSQL(func(l *listener) *tsql.Error { return mirror.restore(ctx, nil, r, l) })
}

// runSQL runs a statement of a cmdlet, which tells what the statement was
// refused for and not that it ended.
func runSQL(statement func(*listener) *tsql.Error) error {
	l := &listener{}
	e := statement(l)
	if e != nil && l.first != nil {
		e = l.first
	}
	return cmdletFailure(e)
}

// enableMirroring is SET PARTNER on the mirror, then on the principal.
func (w *World) enableMirroring(principal, mirror *Instance) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, i := range []*Instance{principal, mirror} {
		if err := i.mirrors(); err != nil {
			return err
		}
	}
	for _, side := range [][2]*Instance{{mirror, principal}, {principal, mirror}} {
		d := side[0].db(Database)
		if d == nil || !side[0].up {
			return refusal("SqlConnection", "ConnectionError", "Cannot connect to database %s on %s.", Database, side[0].Name())
		}
		if e := w.setPartner(side[0], d, endpoint(side[1].host)); e != nil {
			return cmdletFailure(e)
		}
	}
	return nil
}

// options are WITH options without values.
func options(names ...string) tsql.Options {
	o := tsql.Options{Values: map[string]string{}}
	for _, n := range names {
		o.Values[n] = ""
	}
	return o
}

// cmdletFailure is an error of SQL Server as a cmdlet passes it on.
func cmdletFailure(e *tsql.Error) error {
	if e == nil {
		return nil
	}
	return refusal("SqlExecution", "InvalidResult", "Error %d: %s", e.Number, e.Message)
}

func refusal(id, category, format string, args ...any) error {
	return &windows.CmdletError{Message: fmt.Sprintf(format, args...), ID: id + ",Microsoft.Rtc.Management.Database", Category: category}
}
