package lab_test

import (
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// knock asks the control port in a way of one's own, and gives the status.
func knock(t *testing.T, l *lab.Lab, method, path, body string, change func(*http.Request)) int {
	t.Helper()
	u, err := url.Parse(l.Describe().Control)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+u.Host+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Close = true
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+u.Query().Get("token"))
	change(r)
	res, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res.StatusCode
}

func TestTheControlPortLetsOnlyItsOwnPeopleIn(t *testing.T) {
	l := start(t)
	u, err := url.Parse(l.Describe().Control)
	require.NoError(t, err)
	port, token := u.Port(), u.Query().Get("token")
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"with the token":               {func(*http.Request) {}, http.StatusOK},
		"by the name localhost":        {host("localhost:" + port), http.StatusOK},
		"from its own page":            {header("Origin", "http://127.0.0.1:"+port), http.StatusOK},
		"without a token":              {func(r *http.Request) { r.Header.Del("Authorization") }, http.StatusUnauthorized},
		"with an empty token":          {header("Authorization", "Bearer "), http.StatusUnauthorized},
		"with the beginning of it":     {header("Authorization", "Bearer "+token[:8]), http.StatusUnauthorized},
		"with more than it":            {header("Authorization", "Bearer "+token+"x"), http.StatusUnauthorized},
		"with another of its length":   {header("Authorization", "Bearer "+strings.Repeat("A", len(token))), http.StatusUnauthorized},
		"with another scheme":          {header("Authorization", "Basic "+token), http.StatusUnauthorized},
		"by a name bound to it anew":   {host("evil.litwareinc.com:" + port), http.StatusForbidden},
		"by a Host without its port":   {host("127.0.0.1"), http.StatusForbidden},
		"from another site's page":     {header("Origin", "http://evil.litwareinc.com"), http.StatusForbidden},
		"from a page without a site":   {header("Origin", "null"), http.StatusForbidden},
		"from another port's page":     {header("Origin", "http://127.0.0.1:1"), http.StatusForbidden},
		"as a form sends it":           {header("Content-Type", "application/x-www-form-urlencoded"), http.StatusUnsupportedMediaType},
		"as any page may send text":    {header("Content-Type", "text/plain"), http.StatusUnsupportedMediaType},
		"without a kind of content":    {func(r *http.Request) { r.Header.Del("Content-Type") }, http.StatusUnsupportedMediaType},
		"with a kind of content twice": {header("Content-Type", "text/plain, application/json"), http.StatusUnsupportedMediaType},
	} {
		speed := l.World().Clock.Speed()
		require.Equal(t, c.want, knock(t, l, http.MethodPost, "/slow", `{"factor":"2"}`, c.change), name)
		require.InDelta(t, speed, l.World().Clock.Speed(), 0)
	}
	require.Equal(t, http.StatusNotFound, knock(t, l, http.MethodGet, "/power", "", func(*http.Request) {}), "nothing is changed by looking")
	require.Equal(t, http.StatusUnauthorized, knock(t, l, http.MethodGet, "/", "", func(r *http.Request) { r.Header.Del("Authorization") }))
}

func TestTheTokenIsForTheOwnerOfTheSite(t *testing.T) {
	one, two := start(t), start(t)
	require.NotEqual(t, one.Describe().Control, two.Describe().Control)
	info, err := os.Stat(one.Path("control-token"))
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	content, err := os.ReadFile(one.Path("control-token"))
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(one.Describe().Control, "token="+string(content)))
	require.GreaterOrEqual(t, len(content), 32)
	host, _, err := net.SplitHostPort(strings.SplitN(strings.TrimPrefix(one.Describe().Control, "http://"), "/", 2)[0])
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1", host)
}

func TestATokenThatLiesThereFromBeforeIsReplacedAndNotFollowed(t *testing.T) {
	dir := t.TempDir()
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	require.NoError(t, os.WriteFile(elsewhere, []byte("mine"), 0o644))
	require.NoError(t, os.Symlink(elsewhere, filepath.Join(dir, "control-token")))
	l, err := lab.Start(t.Context(), lab.Options{Scenario: "healthy", Seed: 7, Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	content, err := os.ReadFile(elsewhere)
	require.NoError(t, err)
	require.Equal(t, "mine", string(content))
	info, err := os.Lstat(l.Path("control-token"))
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode())
}

func TestNothingOutsideItsFoldersCanBeWrittenThroughTheControlPort(t *testing.T) {
	l := start(t)
	names, err := l.World().Backups(world.Share)
	require.NoError(t, err)
	secrets, err := os.ReadFile(l.Path("secrets.yaml"))
	require.NoError(t, err)
	for _, as := range []string{"../secrets.yaml", `..\secrets.yaml`, "../../x", "/tmp/x", l.Path("secrets.yaml"), "..", "x/../../secrets.yaml", ""} {
		for _, do := range []string{"duplicate", "rename", "copy"} {
			if do == "copy" && as == "" {
				continue // under its own name
			}
			answer, ok := ctl(t, l, "file", map[string]string{"do": do, "folder": "share", "name": names[0], "as": as})
			require.False(t, ok, "%s as %q: %s", do, as, answer)
		}
		_, ok := ctl(t, l, "file", map[string]string{"do": "garble", "folder": "share", "name": as})
		require.False(t, ok, as)
	}
	after, err := os.ReadFile(l.Path("secrets.yaml"))
	require.NoError(t, err)
	require.Equal(t, secrets, after)
}

func TestFilesAreChangedThroughTheControlPort(t *testing.T) {
	l := start(t)
	names, err := l.World().Backups(world.Folder)
	require.NoError(t, err)
	newest := names[len(names)-1]
	for _, v := range []map[string]string{
		{"do": "deny", "name": newest, "who": `SQL11\RTC`},
		{"do": "in-use", "name": newest},
		{"do": "release", "name": newest},
		{"do": "copy", "name": newest, "as": "by hand.trn"},
		{"do": "duplicate", "name": newest, "as": "mgc_20261225000000.trn"},
		{"do": "stripe", "name": "mgc_20261225000000.trn", "files": "3"},
		{"do": "append", "name": newest, "with": names[0]},
		{"do": "encrypt", "name": names[1]},
		{"do": "header", "name": names[2]},
		{"do": "incomplete", "name": newest},
		{"do": "replace", "name": newest},
		{"do": "foreign", "count": "20", "database": "erp", "readable": "false"},
		{"do": "strange", "name": names[3]},
		{"do": "tail", "name": "tail.trn"},
	} {
		v["folder"] = "copy"
		answer, ok := ctl(t, l, "file", v)
		require.True(t, ok, "%v: %s", v, answer)
	}
	for _, v := range []map[string]string{
		{"do": "explode", "name": newest},
		{"do": "foreign", "count": "-1"},
		{"do": "stripe", "name": newest, "files": "x"},
		{"do": "deny", "name": newest, "who": `SQL99\RTC`},
		{"do": "tail", "name": "x.trn", "instance": "SQL12"},
	} {
		v["folder"] = "copy"
		_, ok := ctl(t, l, "file", v)
		require.False(t, ok, v)
	}
}
