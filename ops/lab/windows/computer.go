package windows

import (
	"context"
	"strings"
	"sync"
	"time"
)

// Config is what distinguishes one simulated computer from another.
type Config struct {
	Name      string // SQL11
	Domain    string // LITWARE
	DNSDomain string // litwareinc.com
	// DataCentre is where it stands.
	DataCentre string
	Estate     Estate
	// Users knows the accounts that a job may run as.
	Users func(user, domain string) (password string, ok bool)

	Modules    []string                // Management Shell modules installed: Lync, SkypeForBusiness
	ModuleLoad time.Duration           // lab time that loading one takes
	Ahead      func() time.Duration    // how far its clock is ahead of the site's; nil: not at all
	CopyRate   func() int64            // bytes per second of lab time that copying reaches; nil, or 0: what the real disk gives
	Tick       func() time.Time        // the clock by which jobs are started; nil: the real one
	Free       func(path string) int64 // bytes free on the volume that a folder is on; nil: plenty
	// Logon looks at an account's password, wherever one is used; an error is a
	// *Win32Error. nil: Users alone decides.
	Logon   func(account, password string) error
	Manners func() Manners // nil: those of a host where nothing is odd
	Reboot  func()         // lets it be switched off and on again, soon; nil: it never is
}

// Host is one simulated Windows computer. Several clients may use it at once.
type Host struct {
	Config

	mu        sync.Mutex
	on        bool
	processes map[*process]context.CancelFunc // what runs in shells
	jobs      map[string]*job
	misfit    misfit
	fence     fence
	fault     string         // what is wrong with its jobs
	held      chan struct{}  // jobs begin once it is closed; nil: at once
	running   sync.WaitGroup // jobs
}

// New makes a host and switches it on. Close it to end its jobs.
func New(c Config) *Host {
	if c.Free == nil {
		c.Free = func(string) int64 { return 500e9 }
	}
	if c.Manners == nil {
		c.Manners = func() Manners { return Manners{} }
	}
	if c.Tick == nil {
		c.Tick = time.Now
	}
	if c.CopyRate == nil {
		c.CopyRate = func() int64 { return 0 }
	}
	if c.Ahead == nil {
		c.Ahead = func() time.Duration { return 0 }
	}
	return &Host{Config: c, on: true, processes: map[*process]context.CancelFunc{}, jobs: map[string]*job{}}
}

// now is the time by the host's own clock.
func (h *Host) now() time.Time { return h.Estate.Now().Add(h.Ahead()) }

// PowerOn starts the host again. Jobs that were killed stay killed.
func (h *Host) PowerOn() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.on = true
}

// PowerOff kills everything that runs on the host.
func (h *Host) PowerOff() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.on = false
	for _, end := range h.processes {
		end()
	}
	for _, j := range h.jobs {
		j.kill()
	}
}

// Close switches the host off and waits until nothing of it runs any more.
func (h *Host) Close() {
	h.PowerOff()
	h.running.Wait()
}

// begin gives a process a context that ends with ctx or with the host's power.
func (h *Host) begin(ctx context.Context, p *process) (alive context.Context, end func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	if h.processes[p] = cancel; !h.on {
		cancel()
	}
	return ctx, func() {
		cancel()
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.processes, p)
	}
}

// account spells a user as Windows does: DOMAIN\user.
func (h *Host) account(name string) string {
	if user, _, ok := strings.Cut(name, "@"); ok {
		name = user
	}
	if !strings.Contains(name, `\`) {
		name = h.Domain + `\` + name
	}
	domain, user, _ := strings.Cut(name, `\`)
	return strings.ToUpper(domain) + `\` + user
}

// logon logs an account on.
func (h *Host) logon(account, password string) error {
	if h.Logon != nil {
		return h.Logon(h.account(account), password)
	}
	domain, user, _ := strings.Cut(h.account(account), `\`)
	if want, ok := h.Users(user, domain); !ok || want != password {
		return errLogonFailure
	}
	return nil
}

// has tells whether a Management Shell module is installed.
func (h *Host) has(module string) bool {
	if h.wrong().absent {
		return false
	}
	for _, m := range h.Modules {
		if strings.EqualFold(m, module) {
			return true
		}
	}
	return false
}
