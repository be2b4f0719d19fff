package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/masterzen/winrm"
	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// byHand does what an administrator does with the texts of a script: one after
// the other, in Management Studio or in the Management Shell.
func byHand(t testing.TB, l *lab.Lab, procedure string) {
	t.Helper()
	r := consoleOn(t, l).run("script", procedure)
	require.Equal(t, 0, r.code, r.stderr)
	parts := r.of("script")
	require.NotEmpty(t, parts)
	for _, p := range parts {
		target, text := p["target"].(string), p["text"].(string)
		if strings.HasSuffix(p["name"].(string), ".ps1") {
			shellOn(t, l, target, text)
			continue
		}
		require.NotRegexp(t, `severity 1[1-9]`, tsqlOn(t, l, target, text), "%s on %s", procedure, target)
	}
}

// shellOn runs the commands of a PowerShell text, and waits until the database
// has a synchronized principal again.
func shellOn(t testing.TB, l *lab.Lab, target, text string) {
	t.Helper()
	for _, h := range l.Describe().Hosts {
		if h.Name != target {
			continue
		}
		ca, err := os.ReadFile(l.Path("ca.pem"))
		require.NoError(t, err)
		client, err := winrm.NewClient(winrm.NewEndpoint(h.Host, h.Port, true, false, ca, nil, nil, time.Minute), h.User, h.Password)
		require.NoError(t, err)
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line == "" || line[0] == '#' || line[0] == '$' { // a comment, or a setting of the shell
				continue
			}
			var out, errs bytes.Buffer
			code, err := client.RunWithContext(t.Context(), winrm.Powershell(line), &out, &errs)
			require.NoError(t, err, line)
			require.Zero(t, code, errs.String())
		}
		const principal = "select name from sys.databases as d join sys.database_mirroring as m on m.database_id = d.database_id where mirroring_role_desc = 'PRINCIPAL' and mirroring_state_desc = 'SYNCHRONIZED'\nGO\n"
		require.Eventually(t, func() bool {
			return strings.Contains(tsqlOn(t, l, `SQL01\RTC`, principal)+tsqlOn(t, l, `SQL02\RTC`, principal), "mgc")
		}, 2*time.Minute, 50*time.Millisecond)
		return
	}
	t.Fatalf("no host %s", target)
}

// sameCatalogue wants two sites to be configured alike.
func sameCatalogue(t testing.TB, a, b *lab.Lab) {
	t.Helper()
	for _, target := range []string{`SQL01\RTC`, `SQL02\RTC`, `SQL11\RTC`} {
		for _, q := range append(catalogue, "select mirroring_role_desc from sys.database_mirroring where mirroring_guid is not null") {
			require.Equal(t, tsqlOn(t, a, target, q+"\nGO\n"), tsqlOn(t, b, target, q+"\nGO\n"), "%s: %s", target, q)
		}
	}
}

func TestTheScriptsOfTheMirrorAndOfTheRemovalLeadToTheSameCatalogueToo(t *testing.T) {
	t.Parallel()
	console, hand := startSite(t, "ship-mirror", lab.Options{}), startSite(t, "ship-mirror", lab.Options{})
	c := consoleOn(t, console)
	r := c.run("run", "ship-mirror", "--confirm", `M1=SQL02\RTC of litware-lab`, "--confirm", `M22=SQL01\RTC of litware-lab`)
	require.Equal(t, 0, r.code, r.stderr)
	byHand(t, hand, "ship-mirror")
	sameCatalogue(t, console, hand)
	require.Contains(t, fmt.Sprint(tsqlOn(t, hand, `SQL02\RTC`, catalogue[1]+"\nGO\n")), `SQL11\RTC`, "the mirror ships")

	r = c.run("run", "unship")
	require.Equal(t, 0, r.code, r.stderr)
	byHand(t, hand, "unship")
	sameCatalogue(t, console, hand)
	require.Equal(t, 0, consoleOn(t, hand).run("verify", "unship").code)
	byHandAgain := consoleOn(t, hand).run("script", "unship")
	require.Empty(t, byHandAgain.of("script"), "nothing is left to be scripted")
}
