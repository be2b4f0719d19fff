package world

import (
	"context"
	"fmt"
	"strings"

	"pchatops/ops/lab/windows"
)

// The words of Get-CsDatabaseMirrorState.
const (
	statePrincipal = "Principal"
	stateMirror    = "Mirror"
	stateNone      = "DatabaseInaccessibleOrMirroringNotEnabled"
)

// sides are the two stores that Get-CsDatabaseMirrorState looks at: which they are
// after a failover is documented nowhere.
func (w *World) sides() (first, second *Instance) {
	if w.pool.state == failedOver && !w.pool.firstPair {
		return w.storeOf("backup"), w.storeOf("backup-mirror")
	}
	return w.storeOf("primary"), w.storeOf("mirror")
}

// MirrorState is Get-CsDatabaseMirrorState for the chat database.
func (w *World) MirrorState() []windows.MirrorRow {
	w.mu.Lock()
	defer w.mu.Unlock()
	first, second := w.sides()
	row := windows.MirrorRow{Database: Database}
	row.StateOnPrimary, row.StatusOnPrimary = w.mirrorSide(first)
	row.StateOnMirror, row.StatusOnMirror = w.mirrorSide(second)
	return []windows.MirrorRow{row}
}

func (w *World) mirrorSide(i *Instance) (state, status string) {
	if i == nil || !i.up {
		return stateNone, ""
	}
	p := w.pairOf(i, i.db(Database))
	switch {
	case p == nil:
		return stateNone, ""
	case p.principal == i:
		state = statePrincipal
	default:
		state = stateMirror
	}
	return state, strings.ToLower(p.state(w.Clock.Now()))
}

// FailoverDatabase is Invoke-CsDatabaseFailover.
func (w *World) FailoverDatabase(_ context.Context, newPrincipal string, force bool, log func(string)) error {
	ended, err := w.failoverDatabase(newPrincipal, force)
	for _, f := range ended {
		f()
	}
	if err == nil {
		log(fmt.Sprintf("Database %s: the new principal is the %s store.", Database, strings.ToLower(newPrincipal)))
	}
	return err
}

func (w *World) failoverDatabase(newPrincipal string, force bool) ([]func(), error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	first, second := w.sides()
	target := map[string]*Instance{"primary": first, "mirror": second}[strings.ToLower(newPrincipal)]
	if target == nil {
		return nil, refusal("InvalidParameter", "InvalidArgument", "NewPrincipal must be Primary or Mirror, not %q.", newPrincipal)
	}
	p := w.pairOf(target, target.db(Database))
	switch {
	case p == nil || !target.up:
		return nil, refusal("MirroringNotEnabled", "InvalidOperation", "Mirroring of %s is not enabled, or %s does not answer.", Database, target.Name())
	case p.principal == target:
		return nil, nil
	case !p.principal.up && force:
		return nil, cmdletFailure(w.forceService(p, target))
	}
	ended, e := w.failOver(p, p.principal)
	return ended, cmdletFailure(e)
}
