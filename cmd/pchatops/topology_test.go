package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/site"
)

func TestARehearsalOfTheTopologyIsProvenFromWhatIsPublished(t *testing.T) {
	t.Parallel()
	c := &console{t: t, state: t.TempDir()}
	r := c.run("rehearse", "topology", "--auto")
	require.Equal(t, 0, r.code, r.stderr)
	documents := map[string]bool{}
	var ids []string
	for _, s := range r.of("step") {
		require.Equal(t, "done", s["outcome"], s)
		ids = append(ids, s["step"].(string))
		fact := s["proof"].(map[string]any)["facts"].([]any)[0].(map[string]any)
		require.Equal(t, "topology SHA-256", fact["name"])
		documents[fact["value"].(string)] = true
	}
	require.Equal(t, []string{"T1", "T2a", "T2b", "T2c", "T2d", "T2e", "T2f"}, ids)
	require.Len(t, documents, 4, "the colleague published four times")
	require.Empty(t, r.of("action"), "nothing is sent")
}

func TestARehearsalLetsTheMirrorShipTheLog(t *testing.T) {
	t.Parallel()
	c := &console{t: t, state: t.TempDir()}
	r := c.run("rehearse", "ship-mirror", "--auto")
	require.Equal(t, 0, r.code, r.stderr)
	for _, s := range r.of("step") {
		require.Equal(t, "done", s["outcome"], s)
	}
	require.EqualValues(t, 6, r.summary(t)["steps"].(map[string]any)["done"])
}

func TestSomebodyAtTopologyBuilderFinishesTheSteps(t *testing.T) {
	t.Parallel()
	l := startSite(t, "topology", lab.Options{})
	c := consoleOn(t, l)
	require.Contains(t, codes(c.run("status").of("snapshot")[0]), "topology-differs")
	r := c.run("run", "topology")
	require.Equal(t, 3, r.code, "what is not published cannot be ticked off")
	require.Contains(t, r.stderr, "SQL Server stores")

	ctl := func(args ...string) result {
		return c.run(append([]string{"lab", "ctl", "--control", l.Describe().Control, "topology"}, args...)...)
	}
	require.Equal(t, 1, ctl("mirror=SQL02").code, "a store is defined before it is chosen")
	require.Equal(t, 0, ctl("define=SQL02,SQL11,SQL12", "mirror=SQL02", "backup=SQL11", "backup-mirror=SQL12").code)
	require.Equal(t, 3, c.run("run", "topology").code, "edited is not published")
	require.Equal(t, 0, ctl("publish=true", "replicate=false").code)
	r = c.run("run", "topology")
	require.Equal(t, 3, r.code)
	require.Contains(t, r.stderr, "not yet replicated")
	require.Equal(t, 0, ctl("publish=true").code)
	require.Equal(t, 0, c.run("run", "topology").code)
	require.Equal(t, 0, c.run("verify", "topology").code)
	require.NotContains(t, codes(c.run("status").of("snapshot")[0]), "topology-differs")
}

func TestInitWritesASiteFileFromTheTopology(t *testing.T) {
	t.Parallel()
	l := startSite(t, "healthy", lab.Options{})
	dir := filepath.Dir(l.Describe().Config)
	c := &console{t: t, state: t.TempDir(), config: filepath.Join(t.TempDir(), "new", "site.yaml")}
	var port string
	for _, h := range l.Describe().Hosts {
		if h.Name == "FE01" {
			port = strconv.Itoa(h.Port)
		}
	}
	args := []string{
		"init", "--from-topology", "127.0.0.1:" + port, "--user", `LITWARE\ops`, "--password-from", "file:" + filepath.Join(dir, "secrets.yaml") + "#ops",
		"--ca-file", filepath.Join(dir, "ca.pem"), "--share", `\\FS01\LogShip`, "--copy-folder", `E:\LogShip`,
	}
	r := c.run(args...)
	require.Equal(t, 0, r.code, r.stderr)
	s, err := site.Load(c.config)
	require.NoError(t, err)
	require.Equal(t, site.Lync2013, s.Product)
	require.Equal(t, "pchat.litwareinc.com", s.Pool)
	for role, host := range map[site.Role]string{
		site.Primary: "sql01", site.Mirror: "sql02", site.Secondary: "sql11", site.SecondaryMirror: "sql12",
	} {
		i, ok := s.Instance(role)
		require.True(t, ok, role)
		require.Equal(t, host+".litwareinc.com", i.Host)
		require.Equal(t, "RTC", i.Name)
		require.Equal(t, map[bool]string{true: "dc1", false: "dc2"}[role == site.Primary || role == site.Mirror], i.DataCentre)
	}
	require.Len(t, s.ChatServers, 8)
	require.Len(t, s.Hosts, 2)

	info, err := os.Stat(c.config)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	text, err := os.ReadFile(c.config)
	require.NoError(t, err)
	for _, h := range l.Describe().Hosts {
		require.NotContains(t, string(text), h.Password)
	}

	again := c.run(args...)
	require.Equal(t, 2, again.code)
	require.Contains(t, again.stderr, "exists")
}

func TestInitRefusesBeforeItContactsAnybody(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"no host":             {"--user", "ops"},
		"a password":          {"--from-topology", "x", "--user", "ops", "--share", `\\a\b`, "--copy-folder", `E:\c`, "--password-from", "secret"},
		"a port of no digits": {"--from-topology", "x:y", "--user", "ops", "--share", `\\a\b`, "--copy-folder", `E:\c`},
	} {
		c := &console{t: t, state: t.TempDir(), config: filepath.Join(t.TempDir(), "site.yaml")}
		r := c.run(append([]string{"init"}, args...)...)
		require.Equal(t, 2, r.code, "%s: %s", name, r.stderr)
		require.False(t, strings.Contains(r.stderr, "unreachable"), name)
		require.NoFileExists(t, c.config)
	}
}

// For a change board: both changes of roles, the part for the primary on the
// mirror, and nothing that configures the secondary.
func TestTheScriptOfShipMirrorConfiguresTheMirrorOnly(t *testing.T) {
	t.Parallel()
	l := startSite(t, "ship-mirror", lab.Options{})
	r := consoleOn(t, l).run("script", "ship-mirror")
	require.Equal(t, 0, r.code, r.stderr)
	var targets []string
	texts := map[string]string{}
	for _, part := range r.of("script") {
		target := part["target"].(string)
		targets = append(targets, target)
		texts[target] += part["text"].(string)
	}
	require.Equal(t, []string{"FE01", `SQL02\RTC`, `SQL11\RTC`, "FE01", `SQL01\RTC`, `SQL11\RTC`}, targets)
	require.Contains(t, texts["FE01"], "-NewPrincipal 'Mirror'")
	require.Contains(t, texts["FE01"], "-NewPrincipal 'Primary'")
	require.Contains(t, texts[`SQL02\RTC`], `-- ****** Begin: Script to be run at Primary: [SQL02\RTC] ******`)
	require.Contains(t, texts[`SQL02\RTC`], "sp_add_log_shipping_primary_secondary")
	require.NotContains(t, texts[`SQL11\RTC`], "log_shipping")
	require.Contains(t, texts[`SQL11\RTC`], "sp_start_job")
}
