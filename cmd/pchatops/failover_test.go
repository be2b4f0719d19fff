package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

func TestARehearsalLosesNothingThatHadReachedTheShare(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{"failover", "failover-standby", "failover-litter"} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			c := &console{t: t, state: t.TempDir()}
			r := c.run("rehearse", scenario, "--auto")
			require.Equal(t, 0, r.code, r.stderr)
			steps := r.of("step")
			require.Len(t, steps, 9)
			for _, s := range steps {
				require.Equal(t, "done", s["outcome"], s)
			}
			sum := r.summary(t)
			require.Equal(t, "done", sum["outcome"])
			ledger := sum["lab"].(map[string]any)
			require.EqualValues(t, 0, ledger["messages_lost"])
			require.Positive(t, ledger["messages_shipped"])
			require.NotEmpty(t, sum["recovered_to"])
		})
	}
}

func TestOtherProcessesCarryTheFailoverOut(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	c := consoleOn(t, l)

	look := c.run("status")
	require.Equal(t, 1, look.code, "a lost site is critical")
	snapshot := look.of("snapshot")[0]
	require.Len(t, snapshot["nodes"], 5)
	require.Contains(t, codes(snapshot), "primary-site-lost")
	require.NotNil(t, snapshot["exposure_seconds"])

	plan := c.run("plan", "failover")
	require.Equal(t, 0, plan.code, plan.stderr)
	wants := map[string]any{}
	for _, s := range plan.of("step") {
		wants[s["step"].(string)] = s["confirm"]
	}
	require.Equal(t, `SQL11\RTC of litware-lab`, wants["F4b"])
	require.Nil(t, wants["F1"])

	open := c.run("verify", "failover", "--step", "F1")
	require.Equal(t, 1, open.code)
	require.Len(t, open.of("step"), 1)
	require.Contains(t, open.of("step")[0]["proof"].(map[string]any)["says"], "is still a log shipping secondary", "it says what is missing")
	require.Equal(t, 2, c.run("verify", "failover", "--step", "F9").code)
	require.Equal(t, 2, c.run("run", "failover", "--step", "F9").code)

	refused := c.run("run", "failover")
	require.Equal(t, 3, refused.code)
	require.Contains(t, refused.stderr, "F4b")
	require.Contains(t, refused.stderr, `SQL11\RTC of litware-lab`, "it prints what would have to be typed")
	wrong := c.run("run", "failover", "--confirm", `F4b=sql11\rtc of litware-lab`)
	require.Equal(t, 3, wrong.code, "typed text is taken to the letter")
	require.False(t, l.World().Ledger().Live)

	done := c.run(append([]string{"run", "failover"}, confirm()...)...)
	require.Equal(t, 0, done.code, done.stderr)
	appliedOnce(t, l)

	again := c.run("run", "failover")
	require.Equal(t, 0, again.code, "what is done needs no confirmation: "+again.stderr)
	for _, s := range again.of("step") {
		require.Equal(t, true, s["already"], s)
	}
	require.Empty(t, again.of("action"))
	require.Equal(t, 0, c.run("verify", "failover").code)
	appliedOnce(t, l)

	incident := c.run("history").of("incident")
	require.NotEmpty(t, incident)
	for _, i := range incident {
		audit := c.run("history", "--audit", i["id"].(string))
		require.Equal(t, 0, audit.code, audit.stderr)
	}
}

func codes(snapshot map[string]any) []string {
	var out []string
	for _, f := range snapshot["findings"].([]any) {
		out = append(out, f.(map[string]any)["code"].(string))
	}
	return out
}

// kill ends a run without warning once its journal says so.
func (c *console) killOnce(says ...string) {
	c.t.Helper()
	cmd, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
	go io.Copy(io.Discard, out)
	until(c.t, "journal says "+strings.Join(says, " "), func() bool { return c.journalSays(says...) })
	require.NoError(c.t, cmd.Process.Kill())
	_ = cmd.Wait()
}

func TestAConsoleKilledWhileRestoringIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1, MirrorTime: time.Second})
	c := consoleOn(t, l)
	c.killOnce(`"type":"intent"`, `"step":"F3"`)
	r := c.run(append([]string{"run", "failover"}, confirm()...)...)
	require.Equal(t, 0, r.code, r.stderr)
	appliedOnce(t, l)
}

func TestAConsoleKilledWhileMirroringIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 60, MirrorTime: 4 * time.Minute})
	c := consoleOn(t, l)
	c.killOnce(`"type":"intent"`, `"step":"F6"`)
	r := c.run(append([]string{"run", "failover"}, confirm()...)...)
	require.Equal(t, 0, r.code, r.stderr)
	appliedOnce(t, l)
	require.Equal(t, 1, l.World().MirrorInstalls(), "Install-CsMirrorDatabase ran once")
}

func TestAConnectionCutInTheMiddleOfRestoreIsUnknownUntilItIsVerified(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1, MirrorTime: time.Second, Pace: world.Pace{Base: 3 * time.Second, PerMB: 1}})
	c := consoleOn(t, l)
	cmd, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
	read := make(chan []map[string]any, 1)
	go func() { read <- c.parse(out) }()
	until(t, "the restore runs", func() bool { return c.journalSays(`"type":"intent"`, `"step":"F3"`) })
	link := l.Link(`SQL11\RTC`)
	link.Hang(true) // the cable is pulled: nobody learns of the end
	link.Cut()
	lines := <-read
	_ = cmd.Wait()
	link.Hang(false)
	require.Equal(t, 4, cmd.ProcessState.ExitCode(), lines)
	r := c.run(append([]string{"run", "failover"}, confirm()...)...)
	require.Equal(t, 0, r.code, r.stderr)
	appliedOnce(t, l)
}

func TestASecondConsoleIsToldWhoDrives(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{Speed: 1, MirrorTime: time.Hour})
	c := consoleOn(t, l)
	first, out := c.begin(append([]string{"run", "failover"}, confirm()...)...)
	go io.Copy(io.Discard, out)
	until(t, "the first console drives", func() bool { return c.journalSays(`"type":"intent"`) })

	same := c.run("run", "failover")
	require.Equal(t, 5, same.code)
	require.Contains(t, same.stderr, "driving litware-lab")

	elsewhere := consoleOn(t, l) // as on another host: another folder of journals
	other := elsewhere.run("run", "failover")
	require.Equal(t, 5, other.code, other.stderr)
	require.Contains(t, other.stderr, "pchatops", "it says which program holds the lock")
	require.NoError(t, first.Process.Kill())
}

func TestALivePrimaryRefusesTheFailover(t *testing.T) {
	t.Parallel()
	l := startSite(t, "healthy", lab.Options{Speed: 1})
	c := consoleOn(t, l)
	r := c.run(append([]string{"run", "failover"}, confirm()...)...)
	require.Equal(t, 3, r.code)
	require.Contains(t, r.stderr, `SQL01\RTC answers: mgc is ONLINE`)
	require.Contains(t, r.stderr, `abandon SQL01\RTC`)
	require.Empty(t, r.of("action"))
	require.Equal(t, 0, c.run("status").code, "a healthy site has no critical finding")
}

func TestAShareThatDoesNotAnswerIsADecision(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover-share-down", lab.Options{})
		c := consoleOn(t, l)
		r := c.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 3, r.code)
		require.Contains(t, r.stderr, "go on without the share")
		r = c.run("run", "failover", "--step", "F2", "--confirm", "F2=go on without the share")
		require.Equal(t, 6, r.code, "a share that could not be read is no share that was read: "+r.stderr)
		r = c.run(append([]string{"run", "failover"}, confirm()...)...)
		require.Equal(t, 3, r.code, "the phrase for F4b now states the loss")
		require.Contains(t, r.stderr, "lose chat after")
		digest := ""
		for _, s := range c.run("plan", "failover").of("step") {
			if s["step"] == "F4b" {
				digest, _ = s["digest"].(string)
			}
		}
		r = c.run(append([]string{"run", "failover", "--confirm", "F4b=" + digest}, confirm()[2:]...)...)
		require.Equal(t, 6, r.code, "the mirror needs the share, too: "+r.stderr)
		sum := l.World().Ledger()
		require.True(t, sum.Live)
		require.Positive(t, sum.Shipped-sum.Recovered, "what was only on the share is lost, as was said")
	})
}

func TestWrongSettingsAreToldBeforeAnythingIsContacted(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	c := consoleOn(t, l)
	good, err := os.ReadFile(c.config)
	require.NoError(t, err)
	broken := filepath.Join(t.TempDir(), "site.yaml")
	require.NoError(t, os.WriteFile(broken, []byte(strings.Replace(string(good), "pool:", "pol:", 1)), 0o600))
	c.config = broken
	for _, args := range [][]string{{"status"}, {"plan", "failover"}, {"run", "failover"}, {"validate"}} {
		r := c.run(args...)
		require.Equal(t, 2, r.code, args)
		require.Contains(t, r.stderr, "pol:", "the offending line")
		require.Empty(t, r.of("action"))
	}
	require.Equal(t, 2, c.run("run", "fallover").code)
	require.Equal(t, 2, c.run("rehearse", "nonsense", "--auto").code)
	require.Equal(t, 2, c.run("run", "failover", "--confirm", "mgc").code)
}

// edit changes the site file or the secrets beside it.
func edit(t testing.TB, path, from, to string) {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(b), from)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(b), from, to, 1)), 0o600))
}

func TestAWrongPasswordIsNamedAndNeverShown(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	c := consoleOn(t, l)
	edit(t, l.Path("secrets.yaml"), l.World().Instance(world.Secondary).Password("sa"), "Canary-4711")
	r := c.run("run", "failover")
	require.Equal(t, 1, r.code)
	require.Contains(t, r.stderr, "18456")
	require.NotContains(t, r.stderr, "Canary")
}

func TestASecretsFileThatOthersMayReadIsRefused(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	c := consoleOn(t, l)
	require.NoError(t, os.Chmod(l.Path("secrets.yaml"), 0o644))
	r := c.run("run", "failover")
	require.NotZero(t, r.code)
	require.Contains(t, r.stderr, "0600")
}

func TestALoginWithoutSysadminIsToldWhichRightIsMissing(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	c := consoleOn(t, l)
	in := l.World().Instance(world.Secondary)
	edit(t, l.Path("secrets.yaml"), in.Password("sa"), in.Password("watcher"))
	edit(t, c.config, "sa-SQL11:\n        login: sql\n        user: sa", "sa-SQL11:\n        login: sql\n        user: watcher")
	r := c.run("run", "failover")
	require.NotZero(t, r.code)
	require.Contains(t, r.stderr, "sysadmin")
	require.Empty(t, r.of("action"))
	require.Contains(t, codes(c.run("status").of("snapshot")[0]), "not-sysadmin")
}

func TestAnInstanceThatAcceptsAndNeverAnswersDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	l := startSite(t, "healthy", lab.Options{Speed: 1})
	c := consoleOn(t, l)
	l.Link(`SQL01\RTC`).Hang(true)
	began := time.Now()
	snapshot := c.run("status").of("snapshot")[0]
	require.Less(t, time.Since(began), 30*time.Second)
	for _, n := range snapshot["nodes"].([]any) {
		node := n.(map[string]any)
		require.Equal(t, node["role"] != "primary", node["reachable"], node)
	}
}

func TestAnUnwritableJournalStopsBeforeTheFirstAction(t *testing.T) {
	t.Parallel()
	l := startSite(t, "failover", lab.Options{})
	c := consoleOn(t, l)
	file := filepath.Join(t.TempDir(), "taken")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	c.state = file
	r := c.run("run", "failover")
	require.Equal(t, 1, r.code, r.stderr)
	require.Contains(t, r.stderr, "journal")
	require.Empty(t, r.of("action"))
}

func TestWithoutATerminalTheConsoleNamesTheOtherWays(t *testing.T) {
	t.Parallel()
	c := &console{t: t, state: t.TempDir(), config: "none"}
	for _, args := range [][]string{{}, {"console"}, {"rehearse"}} {
		r := c.run(args...)
		require.Equal(t, 2, r.code)
		require.Contains(t, r.stderr, "run")
		require.Contains(t, r.stderr, "rehearse --auto")
	}
}

func TestTheLabTellsWhereItListensAndEndsOnInterrupt(t *testing.T) {
	t.Parallel()
	c := &console{t: t, state: t.TempDir()}
	cmd, out := c.begin("lab", "--scenario", "failover", "--dir", t.TempDir())
	in := bufio.NewScanner(out)
	require.True(t, in.Scan())
	first := c.parse(strings.NewReader(in.Text()))[0]
	require.Equal(t, "lab", first["type"])
	require.Len(t, first["instances"], 5)
	c.config = first["config"].(string)
	require.Equal(t, 0, c.run("plan", "failover").code)

	control := first["control"].(string)
	require.Equal(t, 0, c.run("lab", "ctl", "--control", control, "power", "target=dc1", "on=true").code)
	require.Contains(t, c.run("plan", "failover").of("step")[0]["gates"].([]any)[0].(map[string]any)["seen"], "ONLINE")
	require.Equal(t, 1, c.run("lab", "ctl", "--control", control, "power", "target=nowhere", "on=true").code)

	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, cmd.Wait())
}

func TestTheScriptHoldsEveryStatementOfThePlan(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *verdict) {
		l := startSite(t, "failover", lab.Options{Speed: 0.001})
		c := consoleOn(t, l)
		var script string
		for _, s := range c.run("script", "failover").of("script") {
			script += s["text"].(string)
		}
		for _, s := range c.run("plan", "failover").of("step") {
			for _, a := range s["actions"].([]any) {
				text := a.(map[string]any)["text"].(string)
				if strings.Contains(text, "pchatops_probe") {
					continue // it leaves nothing behind
				}
				if a.(map[string]any)["kind"] != "sql" {
					require.Contains(t, script, text)
				}
				for _, value := range regexp.MustCompile(`N'[^']*'`).FindAllString(text, -1) {
					require.Contains(t, script, value)
				}
				require.Contains(t, script, regexp.MustCompile(`^[A-Za-z]+ [^ @[]+`).FindString(strings.Replace(text, "EXEC ", "EXEC @rc = ", 1)))
			}
		}
		require.NotContains(t, script, l.World().Instance(world.Secondary).Password("sa"))
	})
}
