package screen_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui/part/cell"
)

var update = flag.Bool("update", false, "write the panels anew; read the difference before it is committed")

// TestThePanels holds what every panel says of one night, at the widths that it
// has on terminals of 40, 80, 120 and 200 columns, to the files in testdata.
func TestThePanels(t *testing.T) {
	v := view(t, night())
	v.Site.Name, v.Site.Shipping.BackupThreshold = "litware-pchat", time.Hour
	step := func(id string) *incident.StepState {
		for i := range v.State.Steps {
			if v.State.Steps[i].ID == id {
				return &v.State.Steps[i]
			}
		}
		return nil
	}
	for _, w := range []int{36, 76, 116, 196} {
		var out strings.Builder
		show := func(panel string, lines ...string) {
			fmt.Fprintf(&out, "== %s\n", panel)
			for _, l := range lines {
				out.WriteString(strings.TrimRight(ansi.Strip(l), " ") + "\n")
			}
		}
		show("header", v.Header(w+4))                         // over the whole width
		show("site", cell.Fill(v.SiteTable(w, 12), w, 12)...) // cut as the box around it does
		show("checklist", v.Steps("F3", w)...)
		show("running step", v.Detail(step("F3"), w)...)
		show("step with a plan", v.Detail(step("F4b"), w)...)
		show("failed step", v.Detail(step("F2"), w)...)
		show("question", v.Question(step("F4b").Plan, engine.DataLoss, "", "", w)...)
		show("findings", v.Findings("", w)...)
		show("log", v.Log("", w)...)
		golden(t, fmt.Sprintf("panels-%d.golden", w), out.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "%s: -update writes it anew", name)
}

// night is a failover in the middle: the first data centre is gone, F3 applies
// the ninth of fourteen backups.
func night() incident.State {
	down := func(role site.Role, address string) status.Node {
		n := up(role, database("ONLINE"))
		n.Address, n.Reachable, n.Failures = address, false, 9
		n.Asked, n.Answered, n.Silent = now, now.Add(-136*time.Second), now.Add(-134*time.Second)
		n.Err = &fault.Error{Class: fault.Unreachable, Tried: "connect", Target: address, Text: "connection refused"}
		n.Life.Verdict = status.Dead
		return n
	}
	secondary := database("RESTORING")
	secondary.Secondary = &status.ShippingSecondary{CopyAge: 4 * time.Minute, RestoreAge: 71 * time.Minute, Threshold: 45 * time.Minute}
	secondary.Restoring = &status.Request{Command: "RESTORE LOG", Percent: 45}
	second := up(site.Secondary, secondary)
	second.Address, second.DataCentre = `SQL11\RTC`, "dc2"
	spare := up(site.SecondaryMirror, status.Facts{})
	spare.Address, spare.DataCentre, spare.Answered = `SQL12\RTC`, "dc2", now.Add(-40*time.Second)
	s := incident.State{
		Site: "litware-pchat", Danger: "production", Procedure: "failover", Title: "Fail over to data centre dc2", Driver: "alice",
		Running: "F3", Busy: map[string]string{`SQL11\RTC`: "F3"}, Started: now.Add(-4 * time.Minute),
		Exposure: status.Exposure{Known: true, Loss: true, Seconds: 872},
		Snapshot: &status.Snapshot{
			Seq: 7, Taken: now,
			Nodes: []status.Node{down(site.Primary, `SQL01\RTC`), down(site.Mirror, `SQL02\RTC`), second, spare},
			Pool:  status.Pool{FQDN: "pchat.litwareinc.com", State: "Normal", Asked: now, Answered: now, Active: []string{"a"}, Idle: []string{"b"}},
		},
		Findings: []status.Finding{
			{
				Code: "primary-site-lost", Severity: status.Critical, Title: "PRIMARY SITE LOST", Key: "failover",
				Why: `mgc on SQL11\RTC is RESTORING; SQL01\RTC has not answered for 2m 14s (9 attempts)`,
				Do:  "make sure that the first data centre is down and not merely cut off from here, then fail over",
			},
			{Code: "restore-late", Severity: status.Warning, Title: "RESTORE LATE", Why: `SQL11\RTC last restored 71m ago, the threshold is 45m`, Do: "read the history of the restore job"},
		},
		Notes: []incident.Entry{
			{Time: now.Add(-4 * time.Minute), Kind: "journal", Text: "incident opened"},
			{Time: now.Add(-3 * time.Minute), Step: "F2", Kind: "error", Text: `FS01 refused: 5, Access is denied.`},
			{Time: now.Add(-2 * time.Minute), Kind: "note", Text: "called the storage team"},
		},
	}
	s.Steps = []incident.StepState{
		{ID: "F1", Title: "Remove log shipping", Outcome: engine.Done, Took: 2 * time.Second, Proof: &engine.Proof{Holds: true, Says: `SQL11\RTC is no log shipping secondary`}},
		{
			ID: "F2", Title: "Copy remaining backups", Outcome: engine.Failed, Took: 9 * time.Second,
			Err: &fault.Error{
				Class: fault.Permission, Tried: `list \\FS01\LogShip`, Target: "SQL11.litwareinc.com", Number: 5, Text: "Access is denied.",
				Do: "let the account read the share, then run the step again",
			},
		},
		{
			ID: "F3", Title: "Apply remaining backups", Running: true, Started: now.Add(-72 * time.Second), Sent: 9, Total: 14,
			Plan: &engine.Plan{Total: 14, Actions: []engine.Action{{Kind: engine.SQL, Target: `SQL11\RTC`, Text: "RESTORE LOG [mgc] FROM DISK = N'E:\\LogShip\\mgc_20261121021500.trn' WITH NORECOVERY"}}}, PlanAt: now.Add(-80 * time.Second),
			Why:    "Each log backup brings the database forward to the moment it was taken.",
			Source: "Lync Server 2013: Failing over Persistent Chat Server, step 3", Risk: engine.Reversible,
			Progress: &engine.Progress{Percent: 45, Done: 9 << 20, Total: 20 << 20, Unit: "bytes", Note: "mgc_20261121021500.trn"},
			Output:   []string{"Processed 37 pages for database 'mgc', file 'mgc_log' on file 1.", "RESTORE LOG successfully processed 37 pages in 0.618 seconds (0.462 MB/sec)."},
		},
		{
			ID: "F4b", Title: "Bring mgc online", Blocked: "F3 is not done", Risk: engine.DataLoss,
			Why: "It ends the restore: from here on chat can be written.", Source: "Lync Server 2013: Failing over Persistent Chat Server, step 4",
			Plan: &engine.Plan{
				Actions: []engine.Action{{Kind: engine.SQL, Target: `SQL11\RTC`, Text: "RESTORE DATABASE [mgc] WITH RECOVERY"}}, Total: 1, Confirm: "mgc",
				Loss:  "applied up to 2026-11-21 02:45:00 UTC; all chat after that is lost: 14m 32s so far",
				Notes: []string{"irreversible: afterwards no log backup can be applied (3117)"},
				Gates: []engine.Gate{{Name: "no live primary", Holds: true, Seen: `no answer from SQL01\RTC, SQL02\RTC`}},
			},
			PlanAt: now.Add(-5 * time.Second),
		},
		{ID: "F5", Title: "Set pool state FailedOver", Blocked: "F4b is not done", Risk: engine.RoleChange},
	}
	return s
}
