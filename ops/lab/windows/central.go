package windows

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Central is the Central Management Store as a host meets it.
type Central struct {
	At            Store // by Active Directory
	Code          int   // why its SQL Server cannot be reached; 0: it answers
	Updateability string
	Known         []Store // all that the topology defines for it, in use or not
}

// connecting is how long a cmdlet waits for a SQL Server that is gone, and looking
// how long the console's script does.
const (
	connecting = 15 * time.Second
	looking    = 5 * time.Second
)

// centralAnswer is the store in the answer of a script.
type centralAnswer struct {
	At            *storeAnswer  `json:"at"`
	Partner       *storeAnswer  `json:"partner"`
	Answers       bool          `json:"answers"`
	Updateability string        `json:"updateability"`
	Code          int           `json:"code"`
	Why           string        `json:"why"`
	Known         []storeAnswer `json:"known"`
}

// central is the store as a script finds it, before it reads anything.
func (h *Host) central(ctx context.Context) (centralAnswer, error) {
	c := h.Estate.Central(h.DataCentre)
	answer := centralAnswer{At: &storeAnswer{c.At.FQDN, c.At.Instance}, Answers: c.Code == 0, Code: c.Code, Known: []storeAnswer{}}
	if answer.Answers {
		answer.Updateability = c.Updateability
		return answer, nil
	}
	answer.Why = unreachable(c).Error()
	for _, s := range c.Known {
		answer.Known = append(answer.Known, storeAnswer(s))
	}
	return answer, h.Estate.Wait(ctx, looking)
}

func unreachable(c Central) error {
	return &CmdletError{
		Message: fmt.Sprintf("A network-related or instance-specific error occurred while establishing a connection to SQL Server. "+
			"The server was not found or was not accessible. (error: 40 - Could not open a connection to SQL Server, %s\\%s, %d)", c.At.FQDN, c.At.Instance, c.Code),
		ID: "Microsoft.Rtc.Common.Data.SqlConnectionException", Category: "NotSpecified",
	}
}

// needsCentral is why a cmdlet that reads or writes the Central Management Store
// cannot; nil: it can.
func (c *cmdlet) needsCentral(ctx context.Context, h *Host, a arguments) error {
	if c.class == "" || c.elsewhere || slices.Contains(c.switches, "LocalStore") && a.flag("LocalStore") {
		return nil
	}
	store := h.Estate.Central(h.DataCentre)
	switch {
	case store.Code != 0:
		if err := h.Estate.Wait(ctx, connecting); err != nil {
			return err
		}
		return unreachable(store)
	case c.changes && store.Updateability == "READ_ONLY":
		return c.refusal("Microsoft.Rtc.Common.Data.SqlExecutionException", "NotSpecified", `Failed to update database "xds" because the database is read-only.`)
	}
	return nil
}

func getStoreLocation(_ context.Context, h *Host, _ arguments, _ func(string)) ([]object, error) {
	c := h.Estate.Central(h.DataCentre)
	return []object{{{"BackEndServer", c.At.FQDN + `\` + c.At.Instance}, {"MirrorBackEndServer", ""}}}, nil
}

func failOverCentral(ctx context.Context, h *Host, a arguments, log func(string)) ([]object, error) {
	return nil, h.Estate.FailOverCentral(ctx, h.DataCentre, Store{a.text("BackupSqlServerFqdn"), a.text("BackupSqlInstanceName")}, a.flag("Force"), log)
}

// hasOwnRow reports whether the pool has a state row of its own.
func (h *Host) hasOwnRow() bool { return !strings.EqualFold(h.Estate.StateRow(), "Global") }
