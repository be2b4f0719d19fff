package mgmt

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/windows"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
)

// The pages of the products name different identities. A server takes one.
func TestTheNextIdentityIsTriedOnlyWhereNothingHasChanged(t *testing.T) {
	want := []string{"chat11.litwareinc.com"}
	for name, c := range map[string]struct {
		takes  string
		before []string // active servers as the plan read them
		works  string
		fails  string
	}{
		"that of the service":   {"PersistentChatServer:" + pool, thePool.Active, "PersistentChatServer:" + pool, ""},
		"global":                {"global", thePool.Active, "global", ""},
		"none":                  {"nobody", thePool.Active, "", "no collection global"},
		"the pool has changed":  {"global", []string{"chat02.litwareinc.com"}, "", "as the pool has changed"},
		"another order of them": {"global", []string{"CHAT01.litwareinc.com"}, "global", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			e.takes = c.takes
			r := &reporter{}
			before := thePool
			before.Active = c.before
			err := shellOn(t, fast(), newMachine(t, e, "FE11", nil)).SetActiveServers(before, want).Do(t.Context(), r)
			active, _ := e.Servers()
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails)
				require.Equal(t, thePool.Active, active)
				return
			}
			require.NoError(t, err)
			require.Equal(t, want, active)
			require.Equal(t, c.works, r.facts[takenIdentity+"Set-CsPersistentChatActiveServer"], "it says which one worked")
		})
	}
}

// An error that does not say that nothing was done ends it.
func TestAnotherErrorIsNoReasonForAnotherIdentity(t *testing.T) {
	e := newEstate(t)
	e.refuse = &windows.CmdletError{Message: "Timeout expired.", ID: "SqlException", Category: "NotSpecified"}
	err := shellOn(t, fast(), newMachine(t, e, "FE11", nil)).SetPoolState(status.Pool{State: "Normal"}, "FailedOver").Do(t.Context(), &reporter{})
	require.ErrorContains(t, err, "Timeout expired.")
	require.NotContains(t, err.Error(), "no other identity")
}

func TestTheStoreIsFailedOverWithTheDocumentedParameters(t *testing.T) {
	e := newEstate(t)
	e.central = windows.Central{At: windows.Store{FQDN: "fesql01.litwareinc.com", Instance: "rtc"}, Code: 53}
	s := shellOn(t, fast(), newMachine(t, e, "FE11", nil))
	read, err := s.Pool(t.Context())
	require.NoError(t, err)
	require.True(t, read.Local)
	require.True(t, read.Central.Away)
	a := s.FailOverCentral(procedures.CentralMove{
		From: status.Store{FQDN: "fesql01.litwareinc.com", Instance: "rtc"}, To: status.Store{FQDN: "fesql11.litwareinc.com", Instance: "rtc"},
		ToMirror: status.Store{FQDN: "fesql12.litwareinc.com", Instance: "rtc"},
	})
	require.Equal(t, `Invoke-CsManagementServerFailover -BackupSqlServerFqdn 'fesql11.litwareinc.com' -BackupSqlInstanceName 'rtc' `+
		`-BackupMirrorSqlServerFqdn 'fesql12.litwareinc.com' -BackupMirrorSqlInstanceName 'rtc' -Force -Confirm:$false`, a.Text)
	require.NoError(t, a.Do(t.Context(), &reporter{}))
	read, err = s.Pool(t.Context())
	require.NoError(t, err)
	require.False(t, read.Local)
	require.Contains(t, read.Central.Says(), `fesql11.litwareinc.com\rtc, answers and can be written`)
}
