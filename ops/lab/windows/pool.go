package windows

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// poolRequest is what the reads of the Management Shell ask for. The account for the
// second hop may come with it.
type poolRequest struct {
	Module string `json:"module"`
	Pool   string `json:"pool"`
	RunAs  string `json:"runAs"`
}

// openPool reads the request, loads the module and asks the store for the pool.
func openPool(ctx context.Context, h *Host, c call) error {
	r, err := decode[poolRequest](c.request)
	if err == nil {
		err = h.readModule(ctx, c, r.Module)
	}
	if err == nil {
		err = ofRead(lacks(c, "cmdlet", "pool"))
	}
	if err != nil {
		return err
	}
	if f := h.lend(c, r.RunAs).store(func() error { return h.checkPool(r.Pool) }); f != nil {
		return f
	}
	return nil
}

// readModule is loadModule for a read, which says whose logon it was.
func (h *Host) readModule(ctx context.Context, c call, module string) error {
	err := lacks(c, "module", "module")
	if err == nil {
		err = h.loadModule(ctx, module)
	}
	return ofRead(err)
}

// ofRead is the error of a read that the shell's own logon made.
func ofRead(err error) error {
	if f := new(failure); errors.As(err, &f) {
		own := false
		f.RunAs = &own
	}
	return err
}

// loadModule takes the time of Import-Module.
func (h *Host) loadModule(ctx context.Context, module string) error {
	notInstalled := fmt.Sprintf("The module %s is not installed on this host.", module)
	if module != "Lync" && module != "SkypeForBusiness" {
		notInstalled = fmt.Sprintf("%s is no Management Shell module.", module)
	}
	if !h.has(module) {
		return &failure{
			Kind: "module", ID: notInstalled, Category: "OperationStopped", Message: notInstalled,
		}
	}
	return h.Estate.Wait(ctx, h.ModuleLoad)
}

// checkPool refuses a pool that the topology does not have.
func (h *Host) checkPool(pool string) error {
	identity, _ := h.Estate.PoolState()
	if _, name, _ := strings.Cut(identity, ":"); strings.EqualFold(name, pool) {
		return nil
	}
	text := "The topology has no Persistent Chat pool " + pool + "."
	return &CmdletError{Message: text, ID: text, Category: "OperationStopped"}
}

// storeAnswer is a store in the answer of pool-state.
type storeAnswer struct {
	FQDN     string `json:"fqdn"`
	Instance string `json:"instance"`
}

// storeAnswers are the stores of a pool, null where the topology has none.
func storeAnswers(all map[string]Store) map[string]*storeAnswer {
	answers := map[string]*storeAnswer{"primary": nil, "mirror": nil, "backup": nil, "backupMirror": nil}
	for name, s := range all {
		if name == "backup-mirror" {
			name = "backupMirror"
		}
		answers[name] = &storeAnswer{s.FQDN, s.Instance}
	}
	return answers
}

// poolAnswer is the answer of pool-state.
type poolAnswer struct {
	Identity string                  `json:"identity"`
	Row      string                  `json:"row"`
	State    string                  `json:"state"`
	Local    bool                    `json:"local"`
	Service  string                  `json:"service"`
	Active   []string                `json:"active"`
	Idle     []string                `json:"idle"`
	Stores   map[string]*storeAnswer `json:"stores"`
	Central  *centralAnswer          `json:"central"`
}

// poolState reads the host's replica where the Central Management Store does not
// answer; its first version does not know how.
func poolState(ctx context.Context, h *Host, c call) (any, error) {
	if err := openPool(ctx, h, c); err != nil {
		return nil, err
	}
	central, err := h.centralFor(ctx, c, "Get-CsPersistentChatState")
	if err != nil {
		return nil, err
	}
	identity, state := h.Estate.PoolState()
	answer := poolAnswer{Row: h.Estate.StateRow(), State: state, Local: !central.Answers, Active: []string{}, Idle: []string{}, Central: &central}
	if h.hasOwnRow() {
		answer.Identity = identity
	}
	active, idle := h.Estate.Servers()
	switch {
	case c.version == "1" && !h.hasOwnRow():
		return nil, &failure{Kind: "cmdlet", Message: "There is no Persistent Chat state for the pool " + afterColon(identity) + "."}
	case c.version == "1":
		return struct {
			Identity string                  `json:"identity"`
			State    string                  `json:"state"`
			Active   []string                `json:"active"`
			Idle     []string                `json:"idle"`
			Stores   map[string]*storeAnswer `json:"stores"`
		}{identity, state, append([]string{}, active...), append([]string{}, idle...), storeAnswers(h.Estate.Stores())}, nil
	case answer.Local:
		return answer, nil
	}
	answer.Service, answer.Stores = identity, storeAnswers(h.Estate.Stores())
	answer.Active, answer.Idle = append(answer.Active, active...), append(answer.Idle, idle...)
	return answer, nil
}

// centralFor is the store as a script finds it; the first versions do not look, and
// fail as the cmdlet does.
func (h *Host) centralFor(ctx context.Context, c call, cmdlet string) (centralAnswer, error) {
	if c.version != "1" {
		return h.central(ctx)
	}
	return centralAnswer{Answers: true, Known: []storeAnswer{}}, h.cmdlet(cmdlet).needsCentral(ctx, h, nil)
}

// mirrorAnswer is a database in the answer of mirror-state.
type mirrorAnswer struct {
	Database        string `json:"database"`
	StateOnPrimary  string `json:"stateOnPrimary"`
	StateOnMirror   string `json:"stateOnMirror"`
	StatusOnPrimary string `json:"statusOnPrimary"`
	StatusOnMirror  string `json:"statusOnMirror"`
}

func mirrorState(ctx context.Context, h *Host, c call) (any, error) {
	if err := openPool(ctx, h, c); err != nil {
		return nil, err
	}
	if _, err := h.centralFor(ctx, c, "Get-CsDatabaseMirrorState"); err != nil {
		return nil, err
	}
	rows := []mirrorAnswer{}
	for _, r := range h.Estate.MirrorState() {
		rows = append(rows, mirrorAnswer(r))
	}
	return struct {
		Databases []mirrorAnswer `json:"databases"`
	}{rows}, nil
}
