package screen_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/incident"
)

func TestAQuestionBeginsWithWhatSpeaksAgainstIt(t *testing.T) {
	p := &engine.Plan{
		Loss: "15 minutes of chat", Notes: []string{"mgccomp is not failed over"},
		Gates: []engine.Gate{
			{Name: "rights", Holds: true, Seen: "sysadmin"},
			{Name: "chain complete", Seen: "a gap", Want: "none", Do: "copy the missing file"},
			{Name: "no live primary", Holds: true, Seen: "no answer"},
		},
		Actions: []engine.Action{{Target: `SQL11\RTC`, Kind: engine.SQL, Text: "RESTORE DATABASE [mgc] WITH RECOVERY"}}, Total: 1,
	}
	ask := func(risk engine.Risk, refused string) string {
		return ansi.Strip(strings.Join(view(t, incident.State{}).Question(p, risk, refused, "", 78), "\n"))
	}
	order(t, ask(engine.DataLoss, ""), "! This cannot be undone.", "! Loss: 15 minutes of chat", "✗ chain complete: saw a gap; wanted: none", "→ copy the missing file",
		`on SQL11\RTC:`, "RESTORE DATABASE", "· mgccomp", "✓ holds: rights · no live primary")
	order(t, ask(engine.Reversible, "nobody may pass it"), "✗ This step is refused: nobody may pass it.", "! Loss")
	require.NotContains(t, ask(engine.Reversible, ""), "undone")
}
