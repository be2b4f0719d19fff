package mgmt

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// Shell is the Management Shell of the site: reads in the shell of whichever
// management host answers, changes as detached jobs there.
type Shell struct {
	hosts  *Hosts
	jobs   *jobs
	pool   string
	module string
	now    func() time.Time
}

var _ procedures.Shell = (*Shell)(nil)

// NewShell makes the Management Shell on the site's management hosts.
func NewShell(s *site.Site, hosts *Hosts, o Options) *Shell {
	o = o.withDefaults()
	return &Shell{hosts: hosts, jobs: newJobs(hosts, o), pool: s.Pool, module: Module(s), now: o.Now}
}

// Module is the Management Shell of a site's product.
func Module(s *site.Site) string {
	if s.Product == site.Lync2013 {
		return "Lync"
	}
	return "SkypeForBusiness"
}

// poolRequest is the request of pool-state and mirror-state. RunAs names the
// account whose password travels as the secret, for hosts whose own logon does
// not reach the central management store.
type poolRequest struct {
	Module string `json:"module"`
	Pool   string `json:"pool"`
	RunAs  string `json:"runAs,omitempty"`
}

// read runs a reading script on the first management host that answers.
func (s *Shell) read(ctx context.Context, script Script, answer any) (*Host, error) {
	return s.hosts.first(ctx, func(ctx context.Context, h *Host) error {
		_, err := h.readAs(ctx, script, func(account string) any {
			return poolRequest{Module: s.module, Pool: s.pool, RunAs: account}
		}, answer)
		return err
	})
}

// Pool reads the state of the Persistent Chat pool and its active servers.
func (s *Shell) Pool(ctx context.Context) (status.Pool, error) {
	var answer struct {
		Identity string   `json:"identity"`
		Row      string   `json:"row"`
		Service  string   `json:"service"`
		State    string   `json:"state"`
		Active   []string `json:"active"`
		Idle     []string `json:"idle"`
		Stores   *stores  `json:"stores"`
		Local    bool     `json:"local"`
		Central  central  `json:"central"`
	}
	pool := status.Pool{FQDN: s.pool, Asked: s.now()}
	h, err := s.read(ctx, PoolState, &answer)
	if err != nil {
		return pool, err
	}
	for _, word := range slices.Concat([]string{answer.Identity, answer.Row, answer.Service, answer.State}, answer.Active, answer.Idle, answer.Stores.words(), answer.Central.words()) {
		if !plain(word) {
			return pool, strange(h, PoolState, word)
		}
	}
	pool.Identity, pool.Row, pool.Service, pool.State = answer.Identity, answer.Row, answer.Service, answer.State
	pool.Active, pool.Idle, pool.Local, pool.Central = answer.Active, answer.Idle, answer.Local, answer.Central.status()
	if answer.Stores != nil {
		pool.Stores = answer.Stores.status()
	}
	pool.Host, pool.Answered = h.Name(), s.now()
	return pool, nil
}

// MirrorState reads both sides of the mirroring as the Management Shell sees it.
func (s *Shell) MirrorState(ctx context.Context) ([]status.MirrorSide, error) {
	var answer struct {
		Databases []struct {
			Database        string `json:"database"`
			StateOnPrimary  string `json:"stateOnPrimary"`
			StateOnMirror   string `json:"stateOnMirror"`
			StatusOnPrimary string `json:"statusOnPrimary"`
			StatusOnMirror  string `json:"statusOnMirror"`
		} `json:"databases"`
	}
	h, err := s.read(ctx, MirrorState, &answer)
	if err != nil {
		return nil, err
	}
	var sides []status.MirrorSide
	for _, d := range answer.Databases {
		side := status.MirrorSide(d)
		if !plain(side.Database + side.StateOnPrimary + side.StateOnMirror + side.StatusOnPrimary + side.StatusOnMirror) {
			return nil, strange(h, MirrorState, side.Database)
		}
		sides = append(sides, side)
	}
	return sides, nil
}

// SetPoolState is Set-CsPersistentChatState. Its page takes the identity of the
// pool's service, the procedure's page writes `service:` before the pool.
func (s *Shell) SetPoolState(pool status.Pool, state string) engine.Action {
	return s.changePool(identified{
		name: "set-pool-state", id: "set the pool state to " + state, cmdlet: "Set-CsPersistentChatState", before: pool,
		identities: stateIdentities(pool, s.pool), parameters: []parameter{{"PoolState", state}},
	})
}

// SetActiveServers is Set-CsPersistentChatActiveServer; no servers clears the list.
// Its page takes the identity that Get-CsService tells; that of Lync Server 2013
// writes `global`.
func (s *Shell) SetActiveServers(pool status.Pool, fqdns []string) engine.Action {
	servers := parameter{"ActiveServers", nil}
	if len(fqdns) > 0 {
		servers.value = replacement{fqdns}
	}
	return s.changePool(identified{
		name: "set-active-servers", id: "set the active servers", cmdlet: "Set-CsPersistentChatActiveServer", before: pool,
		identities: serverIdentities(pool, s.pool), parameters: []parameter{servers},
	})
}

// FailOverCentral is Invoke-CsManagementServerFailover in disaster recovery mode,
// for which its page demands -Force.
func (s *Shell) FailOverCentral(m procedures.CentralMove) engine.Action {
	c := command{"Invoke-CsManagementServerFailover", []parameter{{"BackupSqlServerFqdn", m.To.FQDN}}}
	for _, p := range []parameter{
		{"BackupSqlInstanceName", m.To.Instance}, {"BackupMirrorSqlServerFqdn", m.ToMirror.FQDN}, {"BackupMirrorSqlInstanceName", m.ToMirror.Instance},
	} {
		if p.value != "" {
			c.parameters = append(c.parameters, p)
		}
	}
	c.parameters = append(c.parameters, parameter{"Force", true})
	return s.run(work{
		kind: cmdletJob, name: "failover-central", same: strings.ToLower(c.cmdlet), effect: m.Effect,
	}, "fail the Central Management Store over from "+m.From.String()+" to "+m.To.String(), c)
}

// InstallMirror is Install-CsMirrorDatabase for the chat database. The mirror
// and the witness themselves are named by the topology.
func (s *Shell) InstallMirror(m procedures.Mirroring) engine.Action {
	c := command{"Install-CsMirrorDatabase", []parameter{
		{"DatabaseType", "PersistentChat"}, {"SqlServerFqdn", fqdn(m.Principal)},
	}}
	if m.Principal.Name != "" {
		c.parameters = append(c.parameters, parameter{"SqlInstanceName", m.Principal.Name})
	}
	c.parameters = append(c.parameters, parameter{"FileShare", m.FileShare})
	if m.DropExisting {
		c.parameters = append(c.parameters, parameter{"DropExistingDatabasesOnMirror", true})
	}
	// What it did and why it failed, this cmdlet writes there, and little on the screen.
	c.parameters = append(c.parameters, parameter{"Report", file{"report.html"}})
	// While it runs there is a database on the mirror, so that a plan made then
	// would drop it: that is the same work all the same.
	return s.run(work{
		kind: cmdletJob, name: "install-mirror", same: strings.ToLower(c.cmdlet + " " + fqdn(m.Principal) + `\` + m.Principal.Name), effect: m.Effect,
	}, "mirror "+m.Principal.Address()+" to "+m.Mirror.Address(), c)
}

// FailoverDatabase is Invoke-CsDatabaseFailover for the chat database. The new
// principal is Primary or Mirror, as the topology calls the stores; effect tells
// whether it is.
func (s *Shell) FailoverDatabase(newPrincipal string, effect procedures.Effect) engine.Action {
	return s.run(work{kind: cmdletJob, name: "failover-database", effect: effect}, "fail the chat database over to the "+newPrincipal,
		command{"Invoke-CsDatabaseFailover", []parameter{
			{"PoolFqdn", s.pool}, {"DatabaseType", "PersistentChat"}, {"NewPrincipal", newPrincipal},
		}})
}

// brief makes the action that runs a cmdlet of seconds as a job.
func (s *Shell) brief(name, id string, c command) engine.Action {
	return s.run(work{kind: cmdletJob, name: name, brief: true}, id, c)
}

func (s *Shell) run(w work, id string, c command) engine.Action {
	w.request, w.what, w.planned = c.request(s.module), c.cmdlet, s.now()
	if w.same == "" {
		w.same = strings.ToLower(c.text())
	}
	target := s.hosts.Name()
	return engine.Action{
		ID: id, Kind: engine.PowerShell, Target: target, Text: c.text(),
		Do: func(ctx context.Context, r engine.Reporter) error {
			result, err := s.jobs.do(ctx, w, r)
			if err != nil {
				return err
			}
			return result.outcome(c.cmdlet, s.hosts.Name())
		},
		Settle: func(ctx context.Context) (bool, error) { return s.jobs.settle(ctx, w) },
	}
}

// Ready begins to open a shell on the host that would be asked first, so that
// the next cmdlet does not wait for it.
func (s *Shell) Ready(ctx context.Context) {
	if hosts := s.hosts.order(); len(hosts) > 0 {
		hosts[0].Ready(ctx)
	}
}

// fqdn is the instance's server as the topology names it.
func fqdn(i site.Instance) string {
	if i.FQDN != "" {
		return i.FQDN
	}
	return i.Host
}

// plain reports whether a word of the topology is one: bounded, readable.
func plain(word string) bool {
	return len(word) <= 1000 && utf8.ValidString(word) && !strings.ContainsFunc(word, unicode.IsControl)
}

// strange is the fault of an answer that no Management Shell gives.
func strange(h *Host, script Script, word string) error {
	return &fault.Error{Class: fault.Other, Tried: script.Does, Target: h.Name(), Text: "unexpected answer: " + clip(word, 200), Do: "look at the host: its answer is not one of the Management Shell's"}
}
