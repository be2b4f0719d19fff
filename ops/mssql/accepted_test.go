package mssql

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/chain"
	"pchatops/ops/engine"
	"pchatops/ops/lease"
	"pchatops/ops/procedures"
	"pchatops/ops/status"
	"pchatops/ops/truth"
)

// everyText are the texts that this package can send or write into a script, with
// values that stand for all.
func everyText() []string {
	s := &Server{}
	watched := []status.Watched{{Primary: true, ID: "p"}, {ID: "s"}}
	log := chain.Header{File: "a.trn", Last: mustLSN("7000"), Position: 1}
	striped := log
	striped.Checksums, striped.Others = true, []string{"b.trn"}
	files := []procedures.DataFile{{Logical: "mgc", Physical: "m.mdf"}, {Logical: "mgc_log", Physical: "m.ldf"}}
	actions := []engine.Action{
		s.RestoreLog("mgc", log), s.RestoreLog("mgc", striped),
		s.BringOnline("mgc", log.Last), s.BringOnline("mgc", chain.LSN{}),
		s.EndSession(status.Session{ID: 60, Program: "x", LoginTime: time.Unix(0, 0)}),
		s.StopJob(status.Job{Name: "j"}), s.DisableJob(status.Job{Name: "j"}), s.RunJob("j", nil),
		s.BackupDatabase("mgc", "m.bak"), s.RestoreDatabase("mgc", "m.bak", files, false), s.RestoreDatabase("mgc", "m.bak", files, true),
		s.ConfigurePrimary(status.PrimarySettings{}), s.ConfigurePrimary(status.PrimarySettings{Monitor: "M"}),
		s.ConfigureSecondary(status.SecondarySettings{}), s.ConfigureSecondary(status.SecondarySettings{Monitor: "M"}),
		s.ConfigureMonitor(watched[:1]), s.ConfigureMonitor(watched), s.ForgetMonitor(watched),
		s.RemovePairs("mgc"), s.RemovePrimary("mgc", procedures.Monitor{}), s.RemoveSecondary("mgc", "S", procedures.Monitor{}),
		s.RemovePrimary("mgc", procedures.Monitor{Name: "M", Silent: true}), s.RemoveSecondary("mgc", "S", procedures.Monitor{Name: "M", Silent: true}),
	}
	out := []string{
		appliedText, holderText, sessionsText, batch(positionParts), storageText, volumesText, logTakenText, startText, awaitText, glanceText,
		chatFacts(), witnessFacts(), monitorFacts(), sheafText(1), sheafText(3), sealText(lease.Run{}),
		primaryText("", false), primaryText("M", false), primaryText("M", true), secondaryText("", false), secondaryText("M", false), secondaryText("M", true),
		removePairsText, removePrimaryText(""), removePrimaryText(ignoring), removeSecondaryText(""), removeSecondaryText(ignoring),
		monitorStatement(watched).text, forgetStatement(watched).text, killStatement(status.Session{ID: 60}).text,
	}
	for _, a := range actions {
		out = append(out, Script("", []Batch{{Title: a.ID, Text: a.Hand}}))
	}
	return append(out, Script("S", []Batch{{Phrases: []Phrase{{"g", "p"}}, Text: "SELECT 1"}}))
}

func mustLSN(s string) chain.LSN {
	l, err := chain.ParseLSN(s)
	if err != nil {
		panic(err)
	}
	return l
}

// TestNoTextLeavesThatMicrosoftsParserHasNotTaken holds without that parser, too: what
// it has taken is on a list.
func TestNoTextLeavesThatMicrosoftsParserHasNotTaken(t *testing.T) {
	accepted, err := truth.Accepted()
	require.NoError(t, err)
	for _, text := range everyText() {
		truth.Record(text)
		for _, b := range truth.Batches(text) {
			if accepted[truth.Hash(b)] == "" {
				t.Errorf("not accepted: run make accept where Microsoft's parsers are:\n%s", b)
			}
		}
	}
}
