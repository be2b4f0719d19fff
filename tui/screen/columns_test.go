package screen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/ops/incident"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui/part/cell"
	"pchatops/tui/screen"
)

// shipped is a healthy site with everything that a column can tell.
func shipped() *status.Snapshot {
	primary := database("ONLINE")
	primary.Mirroring = status.Mirroring{Configured: true, Role: "PRINCIPAL", State: "SYNCHRONIZED"}
	primary.Primary = &status.ShippingPrimary{BackupAge: 4 * time.Minute, Threshold: time.Hour}
	primary.Sessions = 12
	secondary := database("RESTORING")
	secondary.Secondary = &status.ShippingSecondary{CopyAge: 6 * time.Minute, RestoreAge: 50 * time.Minute, Threshold: 45 * time.Minute}
	down := up(site.Mirror, database("ONLINE"))
	down.Reachable = false
	stopped := up(site.Secondary, secondary)
	stopped.Facts.Agent.State, stopped.Answered = "stopped", now.Add(-12*time.Second)
	return &status.Snapshot{Taken: now, Nodes: []status.Node{up(site.Primary, primary), down, stopped}}
}

func TestColumnsAppearAsWidthAllowsAndNothingIsSaidTwice(t *testing.T) {
	v := view(t, incident.State{Snapshot: shipped()})
	for _, c := range []struct {
		w                          int
		titles                     []string
		primary, mirror, secondary string
	}{
		{77, nil, "primary   ", "mirror    ", "copied 6m ago · restored"},
		{97, nil, "synchronized · backup 4m ago · 12 sessions", "no answer", "copied 6m ago · restored 50m ago · Agent stopped"},
		{117, []string{"Agent", "answer"}, "synchronized · backup 4m ago · 12 sessions", "no answer", "restored 50m ago"},
		{130, []string{"sessions", "Agent", "answer"}, "12       running  now", "no answer", "stopped  12s"},
		{160, []string{"mirroring", "sessions", "Agent", "answer"}, "synchronized    12       running  now", "no answer", "restored 50m ago"},
		{197, []string{"mirroring", "backup/copy", "restored", "sessions", "Agent", "answer"}, "synchronized    4m/60m ", "no answer", "6m          50m/45m"},
	} {
		lines := v.SiteTable(c.w, 9)
		for i := range lines {
			require.LessOrEqual(t, cell.Width(lines[i]), max(c.w, 120), "%d: %s", c.w, ansi.Strip(lines[i]))
			lines[i] = ansi.Strip(lines[i])
		}
		if c.titles != nil {
			require.Equal(t, c.titles, strings.Fields(lines[0]), "%d", c.w)
			lines = lines[1:]
		}
		require.Contains(t, lines[0], c.primary, "%d", c.w)
		require.Contains(t, lines[1], c.mirror, "%d", c.w)
		require.Contains(t, lines[2], c.secondary, "%d", c.w)
		for _, said := range []string{"synchronized", "running", "stopped", "copied", "50m"} {
			require.LessOrEqual(t, strings.Count(strings.Join(lines[:3], "\n"), said), 1, "%d: %s", c.w, said)
		}
		require.NotContains(t, lines[1], "running", "what a silent node last said does not look as if it held")
	}
}

func TestTheTrendShowsHowTheRestoreFellBehind(t *testing.T) {
	v := view(t, incident.State{Snapshot: shipped()})
	for _, minutes := range []int{0, 10, 20, 30, 44, 90, 3, 3, 3} {
		s := shipped()
		s.Nodes[2].Facts.Secondary.RestoreAge = time.Duration(minutes) * time.Minute
		s.Nodes[2].Answered = now
		v.State = &incident.State{Snapshot: s}
		v.Trends = v.Sample()
	}
	require.Contains(t, ansi.Strip(v.SiteTable(197, 9)[3]), "3m/45m    ▂▄▆██▁▁▁", "the newest eight, against the limit")
	require.Empty(t, screen.View{State: &incident.State{}}.Sample())
}

func TestTheHeaderSaysPlainlyWhatAFailoverWouldCost(t *testing.T) {
	s := incident.State{Site: "s", Snapshot: &status.Snapshot{Taken: now}, Exposure: status.Exposure{Known: true, Loss: true, Seconds: 872}}
	require.Contains(t, ansi.Strip(view(t, s).Header(80)), "loss: up to 14m 32s of chat")
	require.Contains(t, ansi.Strip(view(t, s).Header(32)), "loss ≤ 14m 32s")
	s.Exposure = status.Exposure{}
	s.Snapshot.Nodes = []status.Node{up(site.Secondary, database("ONLINE"))}
	require.Contains(t, ansi.Strip(view(t, s).Header(80)), "secondary is live")
}

func TestTheHeaderSaysSinceWhenNobodyCanChat(t *testing.T) {
	s := incident.State{Site: "litware-pchat", Snapshot: &status.Snapshot{Taken: now}, Exposure: status.Exposure{Known: true, Seconds: 872}, Started: now}
	s.Snapshot.Chat = status.Chat{State: status.ChatDown, Since: now.Add(-12*time.Minute - 3*time.Second)}
	for _, w := range []int{40, 80, 120} {
		require.Contains(t, ansi.Strip(view(t, s).Header(w)), "CHAT DOWN 12m 03s", w)
	}
	s.Snapshot.Chat.State = status.ChatUnknown
	require.NotContains(t, ansi.Strip(view(t, s).Header(120)), "CHAT DOWN", "what is not known is not down")
}
