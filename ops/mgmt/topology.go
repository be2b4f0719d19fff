package mgmt

import (
	"context"
	"slices"

	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// maxPools bounds what is taken over from a topology; large ones have some
// hundred pools.
const maxPools = 5_000

// store is a SQL Server store in the answer of a script.
type store struct {
	FQDN     string `json:"fqdn"`
	Instance string `json:"instance"`
}

// stores are those of a pool; nil where the topology has none.
type stores struct {
	Primary      *store `json:"primary"`
	Mirror       *store `json:"mirror"`
	Backup       *store `json:"backup"`
	BackupMirror *store `json:"backupMirror"`
}

func (s *store) status() status.Store {
	if s == nil {
		return status.Store{}
	}
	return status.Store(*s)
}

func (s stores) status() *status.Stores {
	return &status.Stores{
		Primary: s.Primary.status(), Mirror: s.Mirror.status(), Backup: s.Backup.status(), BackupMirror: s.BackupMirror.status(),
	}
}

// words are all names in it, to be looked at.
func (s *stores) words() []string {
	var words []string
	if s == nil {
		return nil
	}
	for _, one := range []*store{s.Primary, s.Mirror, s.Backup, s.BackupMirror} {
		if one != nil {
			words = append(words, one.FQDN, one.Instance)
		}
	}
	return words
}

// topologyRequest is the request of the script topology.
type topologyRequest struct {
	Module string `json:"module"`
	RunAs  string `json:"runAs,omitempty"`
}

// topologyAnswer is what it answers.
type topologyAnswer struct {
	Services []struct {
		Identity string   `json:"identity"`
		Pool     string   `json:"pool"`
		Version  int      `json:"version"`
		Active   []string `json:"active"`
		Idle     []string `json:"idle"`
		Stores   stores   `json:"stores"`
	} `json:"services"`
	Databases []store `json:"databases"`
	Pools     []struct {
		FQDN      string   `json:"fqdn"`
		Computers []string `json:"computers"`
		Site      string   `json:"site"`
	} `json:"pools"`
	Document document `json:"document"`
	Replica  struct {
		Document document `json:"document"`
		UpToDate *bool    `json:"upToDate"`
		Error    *failure `json:"error"`
	} `json:"replica"`
}

// document is a published topology by its content.
type document struct {
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
}

// Topology reads what is published.
func (s *Shell) Topology(ctx context.Context) (procedures.Topology, error) {
	var answer topologyAnswer
	h, err := s.hosts.first(ctx, func(ctx context.Context, h *Host) error {
		_, err := h.readAs(ctx, Topology, func(account string) any {
			return topologyRequest{Module: s.module, RunAs: account}
		}, &answer)
		return err
	})
	if err != nil {
		return procedures.Topology{}, err
	}
	if len(answer.Pools)+len(answer.Services)+len(answer.Databases) > maxPools {
		return procedures.Topology{}, strange(h, Topology, "more pools than a topology has")
	}
	for _, word := range answer.words() {
		if !plain(word) {
			return procedures.Topology{}, strange(h, Topology, word)
		}
	}
	t := answer.topology()
	t.Host = h.Name()
	return t, nil
}

// words are all names in the answer, to be looked at.
func (a topologyAnswer) words() []string {
	words := []string{a.Document.SHA256, a.Replica.Document.SHA256}
	for _, s := range a.Services {
		words = slices.Concat(words, []string{s.Identity, s.Pool}, s.Active, s.Idle, s.Stores.words())
	}
	for _, d := range a.Databases {
		words = append(words, d.FQDN, d.Instance)
	}
	for _, p := range a.Pools {
		words = append(append(words, p.FQDN, p.Site), p.Computers...)
	}
	return words
}

func (a topologyAnswer) topology() procedures.Topology {
	t := procedures.Topology{SHA256: a.Document.SHA256, Bytes: a.Document.Bytes, Replica: a.replica()}
	for _, s := range a.Services {
		t.Services = append(t.Services, procedures.ChatService{
			Identity: s.Identity, Pool: s.Pool, Version: s.Version, Active: s.Active, Idle: s.Idle, Stores: *s.Stores.status(),
		})
	}
	for _, d := range a.Databases {
		t.Databases = append(t.Databases, status.Store(d))
	}
	for _, p := range a.Pools {
		t.Pools = append(t.Pools, procedures.Machines(p))
	}
	return t
}

// replica tells whether the host's own copy is what is published.
func (a topologyAnswer) replica() procedures.Replica {
	r := a.Replica
	switch {
	case r.Document.SHA256 == "" && r.Error != nil:
		return procedures.Replica{Unread: clip(r.Error.Message, 300)}
	case r.Document.SHA256 == "":
		return procedures.Replica{Unread: "the host does not tell"}
	}
	// Two texts of one topology may differ in what does not count.
	same := r.Document == a.Document || r.UpToDate != nil && *r.UpToDate
	return procedures.Replica{Same: same}
}
