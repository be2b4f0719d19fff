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
	// Replica are the pool's stores as the host's own copy of the topology has
	// them; nil where a host keeps none.
	Replica map[string]Store
}

// Pool is a pool of computers in the topology, chat servers or a SQL Server.
type Pool struct {
	FQDN      string
	Computers []string
	Site      string
}

type poolAnswer struct {
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
	Replica  map[string]*storeAnswer `json:"replica"` // null: the host keeps none
}

type documentAnswer struct {
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
}

type topologyAnswer struct {
	Services  []serviceAnswer `json:"services"`
	Databases []storeAnswer   `json:"databases"`
	Pools     []poolAnswer    `json:"pools"`
	Document  documentAnswer  `json:"document"`
}

func publishedTopology(ctx context.Context, h *Host, c call) (any, error) {
	r, err := decode[struct {
		Module string `json:"module"`
		RunAs  string `json:"runAs"`
	}](c.request)
	if err == nil {
		err = h.loadModule(ctx, r.Module)
	}
	if err != nil {
		return nil, err
	}
	t := h.Estate.Topology()
	sum := sha256.Sum256([]byte(t.Document))
	answer := topologyAnswer{
		Services: []serviceAnswer{h.chatService(t)}, Databases: []storeAnswer{}, Pools: []poolAnswer{},
		Document: documentAnswer{hex.EncodeToString(sum[:]), len(t.Document)},
	}
	for _, d := range t.Databases {
		answer.Databases = append(answer.Databases, storeAnswer(d))
	}
	for _, p := range t.Pools {
		answer.Pools = append(answer.Pools, poolAnswer(p))
	}
	return answer, nil
}

// chatService is the one Persistent Chat service of the topology.
func (h *Host) chatService(t Topology) serviceAnswer {
	identity, _ := h.Estate.PoolState()
	active, idle := h.Estate.Servers()
	s := serviceAnswer{
		Identity: identity, Pool: afterColon(identity), Version: 7,
		Active: append([]string{}, active...), Idle: append([]string{}, idle...), Stores: storeAnswers(h.Estate.Stores()),
	}
	if h.has("Lync") {
		s.Version = 6
	}
	if t.Replica != nil {
		s.Replica = storeAnswers(t.Replica)
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
