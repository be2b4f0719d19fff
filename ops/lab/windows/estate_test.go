package windows_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pchatops/ops/lab/windows"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// estate is a small site: two folders, one pool, and a clock that stands
// until it is let go.
type estate struct {
	share, copies string // real folders

	mu       sync.Mutex
	state    string
	active   []string
	stores   map[string]windows.Store
	mirrored windows.Mirror
	offline  bool // the share
	central  windows.Central
	held     chan struct{} // Wait stands until this is closed; nil: no waiting
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	return &estate{
		share: t.TempDir(), copies: t.TempDir(), state: "Normal", active: []string{"chat01.litwareinc.com"},
		central: windows.Central{At: windows.Store{FQDN: "fesql11.litwareinc.com", Instance: "rtc"}, Updateability: "READ_WRITE"},
		stores: map[string]windows.Store{
			"primary": {FQDN: "sql01.litwareinc.com", Instance: "RTC"}, "backup": {FQDN: "sql11.litwareinc.com", Instance: "RTC"},
			"backup-mirror": {FQDN: "sql12.litwareinc.com", Instance: "RTC"},
		},
	}
}

func (e *estate) set(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f()
}

// hold stops the clock until the function that it gives is called.
func (e *estate) hold() (release func()) {
	held := make(chan struct{})
	e.set(func() { e.held = held })
	return sync.OnceFunc(func() { e.set(func() { e.held = nil }); close(held) })
}

func (e *estate) Now() time.Time { return time.Date(2026, 11, 21, 2, 45, 0, 0, time.UTC) }

func (e *estate) Wait(ctx context.Context, _ time.Duration) error {
	e.mu.Lock()
	held := e.held
	e.mu.Unlock()
	if held == nil {
		return ctx.Err()
	}
	select {
	case <-held:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *estate) Resolve(_, path string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for prefix, real := range map[string]string{`\\FS01\LogShip`: e.share, `E:\LogShip`: e.copies} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			if strings.HasPrefix(prefix, `\\`) && e.offline {
				return "", &windows.Win32Error{Code: 53, Text: "The network path was not found."}
			}
			return filepath.Join(real, strings.TrimLeft(rest, `\`)), nil
		}
	}
	return "", &windows.Win32Error{Code: 3, Text: "The system cannot find the path specified."}
}

func (e *estate) PoolState() (string, string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return "PersistentChatServer:pchat.litwareinc.com", e.state
}

func (e *estate) SetPoolState(identity, state string) error {
	if !strings.HasSuffix(identity, ":pchat.litwareinc.com") {
		return &windows.CmdletError{Message: "no such pool", ID: "PoolNotFound", Category: "ObjectNotFound"}
	}
	e.set(func() { e.state = state })
	return nil
}

func (e *estate) Servers() (active, idle []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.active, []string{"chat11.litwareinc.com"}
}

func (e *estate) SetActiveServers(active []string) error {
	e.set(func() { e.active = active })
	return nil
}

func (e *estate) Stores() map[string]windows.Store { return e.stores }

func (e *estate) Topology() windows.Topology {
	return windows.Topology{
		Document: "<Topology />", Databases: []windows.Store{{FQDN: "sql01.litwareinc.com", Instance: "RTC"}}, Replica: "<Topology />",
		Pools: []windows.Pool{{FQDN: "sql01.litwareinc.com", Computers: []string{"sql01.litwareinc.com"}, Site: "dc1"}},
	}
}

func (e *estate) MirrorState() []windows.MirrorRow {
	return []windows.MirrorRow{{Database: "mgc", StateOnPrimary: "Principal", StateOnMirror: "Mirror", StatusOnPrimary: "synchronized", StatusOnMirror: "synchronized"}}
}

func (e *estate) InstallMirror(ctx context.Context, m windows.Mirror, log func(string)) error {
	log("Backing up mgc")
	if err := e.Wait(ctx, 20*time.Minute); err != nil {
		return err
	}
	log("Mirroring of mgc is established.")
	e.set(func() { e.mirrored = m })
	return nil
}

func (e *estate) FailoverDatabase(_ context.Context, newPrincipal string, _ bool, log func(string)) error {
	log("new principal: " + newPrincipal)
	return nil
}

func (e *estate) CmdletBegun(_, _ string) {}

func (e *estate) JobBegun(_, _ string) {}

func (e *estate) Connect(_ context.Context, dataCentre, machine string, _ time.Duration) (int, error) {
	switch {
	case machine == "sql01.litwareinc.com" && dataCentre == "dc2":
		return 10061, nil
	case machine == "sql12.litwareinc.com":
		return 0, nil
	}
	return 11001, nil
}

func (e *estate) StateRow() string { return "PersistentChatServer:pchat.litwareinc.com" }

func (e *estate) Takes(string) error { return nil }

func (e *estate) Central(string) windows.Central {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.central
}

func (e *estate) FailOverCentral(context.Context, string, windows.Store, bool, func(string)) error {
	return nil
}
