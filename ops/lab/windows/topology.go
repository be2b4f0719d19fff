package windows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Topology is what the central management store says about servers and stores.
type Topology struct {
	Document  string // the published topology as XML
	Databases []Store
	Pools     []Pool
	// Replica is the host's own copy of the document; "" where it keeps none.
	Replica string
}

// Pool is a pool of computers in the topology, chat servers or a SQL Server.
type Pool struct {
	FQDN      string
	Computers []string
	Site      string
}

type machinesAnswer struct {
	FQDN      string   `json:"fqdn"`
	Computers []string `json:"computers"`
	Site      string   `json:"site"`
}

type serviceAnswer struct {
	Identity string                  `json:"identity"`
	Pool     string                  `json:"pool"`
	Version  int                     `json:"version"`
	Active   []string                `json:"active"`
	Idle     []string                `json:"idle"`
	Stores   map[string]*storeAnswer `json:"stores"`
}

type documentAnswer struct {
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
}

type topologyAnswer struct {
	Services  []serviceAnswer  `json:"services"`
	Databases []storeAnswer    `json:"databases"`
	Pools     []machinesAnswer `json:"pools"`
	Document  documentAnswer   `json:"document"`
	Replica   replicaAnswer    `json:"replica"`
}

// replicaAnswer is the host's own copy, or why it cannot be read, and what the store
// says of it.
type replicaAnswer struct {
	Document *documentAnswer `json:"document"`
	UpToDate *bool           `json:"upToDate"`
	Error    *failure        `json:"error"`
}

func describe(document string) documentAnswer {
	sum := sha256.Sum256([]byte(document))
	return documentAnswer{hex.EncodeToString(sum[:]), len(document)}
}

func (t Topology) replica() replicaAnswer {
	if t.Replica == "" {
		return replicaAnswer{Error: &failure{
			Kind: "cmdlet", ID: "LocalStoreNotFound," + rtc + "Xds.GetTopologyCmdlet", Category: "ResourceUnavailable", Message: "This host keeps no copy of the topology.",
		}}
	}
	own, same := describe(t.Replica), t.Replica == t.Document
	return replicaAnswer{Document: &own, UpToDate: &same}
}

func publishedTopology(ctx context.Context, h *Host, c call) (any, error) {
	r, err := decode[struct {
		Module string `json:"module"`
		RunAs  string `json:"runAs"`
	}](c.request)
	if err == nil {
		err = h.readModule(ctx, c, r.Module)
	}
	if err != nil {
		return nil, err
	}
	if f := h.lend(c, r.RunAs).store(func() error { return nil }); f != nil {
		return nil, f
	}
	central, err := h.centralFor(ctx, c, "Get-CsService")
	switch {
	case err != nil:
		return nil, err
	case !central.Answers:
		return nil, &failure{Kind: "central", Message: central.Why}
	}
	t := h.Estate.Topology()
	answer := topologyAnswer{
		Services: []serviceAnswer{h.chatService()}, Databases: []storeAnswer{}, Pools: []machinesAnswer{},
		Document: describe(t.Document), Replica: t.replica(),
	}
	for _, d := range t.Databases {
		answer.Databases = append(answer.Databases, storeAnswer(d))
	}
	for _, p := range t.Pools {
		answer.Pools = append(answer.Pools, machinesAnswer(p))
	}
	return answer, nil
}

// chatService is the one Persistent Chat service of the topology.
func (h *Host) chatService() serviceAnswer {
	identity, _ := h.Estate.PoolState()
	active, idle := h.Estate.Servers()
	s := serviceAnswer{
		Identity: identity, Pool: afterColon(identity), Version: 7,
		Active: append([]string{}, active...), Idle: append([]string{}, idle...), Stores: storeAnswers(h.Estate.Stores()),
	}
	if h.has("Lync") {
		s.Version = 6
	}
	return s
}

func getPool(_ context.Context, h *Host, a arguments, _ func(string)) ([]object, error) {
	var all []object
	for _, p := range h.Estate.Topology().Pools {
		if asked := a.text("Identity"); asked != "" && !strings.EqualFold(asked, p.FQDN) {
			continue
		}
		all = append(all, object{
			{"Identity", p.FQDN}, {"Fqdn", p.FQDN}, {"Computers", "{" + strings.Join(p.Computers, ", ") + "}"}, {"Site", "Site:" + p.Site},
		})
	}
	return all, nil
}

func getTopology(_ context.Context, h *Host, _ arguments, log func(string)) ([]object, error) {
	log(h.Estate.Topology().Document)
	return nil, nil
}
