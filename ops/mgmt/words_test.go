package mgmt

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

var siteWithPool = site.Site{Product: site.Lync2013, Pool: pool}

func backupsNamed(names ...string) (files []procedures.Copying) {
	for _, n := range names {
		files = append(files, asked(n, 1))
	}
	return files
}

func TestPowerShellsErrorsBecomeReadable(t *testing.T) {
	cases := []struct{ name, stderr, want string }{
		{"an error record", `#< CLIXML` + "\r\n" + `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Error">Set-CsX : Pool not found._x000D__x000A_</S><S S="Error">At line:1 char:1_x000D__x000A_</S><S S="Error">+ Set-CsX_x000D__x000A_</S><S S="Error">    + CategoryInfo          : x_x000D__x000A_</S></Objs>`, "Set-CsX : Pool not found."},
		{"progress and warnings are no errors", `#< CLIXML<Objs><Obj S="progress" RefId="0"><MS><PR N="Record"><AV>Preparing modules</AV></PR></MS></Obj><S S="Warning">careful</S><S S="verbose">chat</S></Objs>`, ""},
		{"two documents", `#< CLIXML<Objs><S S="Error">one_x000A_</S></Objs>` + "\n" + `#< CLIXML<Objs><S S="Error">two</S></Objs>`, "one\ntwo"},
		{"a document cut short", `#< CLIXML<Objs><S S="Error">the first part`, "the first part"},
		{"escapes", `#< CLIXML<Objs><S S="Error">&lt;a&gt; _x005F_ _xD83D__xDE00_ _x00E4_ _x0G00_</S></Objs>`, "<a> _ 😀 ä _x0G00_"},
		{"plain text", "'powershell.exe' is not recognized\r\n", "'powershell.exe' is not recognized"},
		{"nothing", "", ""},
		{"bytes that are no text", "\xff\xfe", "?"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, readable([]byte(c.stderr))) })
	}
}

func FuzzReadableIsBoundedText(f *testing.F) {
	f.Add([]byte(`#< CLIXML<Objs><S S="Error">_xD83D_</S>`))
	f.Add([]byte("#< CLIXML#< CLIXML<a"))
	f.Fuzz(func(t *testing.T, stderr []byte) {
		s := readable(stderr)
		require.True(t, utf8.ValidString(s))
		require.LessOrEqual(t, len(s), 4010)
	})
}

func TestWindowsErrorsTellWhatToDo(t *testing.T) {
	for code, class := range map[int32]fault.Class{
		2: fault.NotFound, 3: fault.NotFound, 5: fault.Access, 32: fault.InUse, 53: fault.Unreachable, 64: fault.Unreachable,
		112: fault.Disk, 1219: fault.Access, 1312: fault.Access, 1326: fault.Login, 1331: fault.Login, 1385: fault.Permission, 31: fault.Other,
	} {
		f := (&failure{Kind: "win32", Code: code, Message: "Windows' words."}).fault("copy", "SQL11")
		require.Equal(t, class, f.Class, "%d", code)
		require.NotEmpty(t, f.Do)
		require.ErrorContains(t, f, "Windows' words.")
		require.Equal(t, code, f.Number)
	}
}

func TestCmdletErrorsTellWhatToDo(t *testing.T) {
	cases := []struct {
		failure failure
		class   fault.Class
		do      string
	}{
		{failure{Message: "Login failed for user 'NT AUTHORITY\\ANONYMOUS LOGON'."}, fault.Permission, "run-as"},
		{failure{Message: `SQL11\RTC cannot use the file share \\FS01\LogShip: The network path was not found.`}, fault.Access, "check the file server"},
		{failure{Message: "Access is denied."}, fault.Permission, "RTCUniversalServerAdmins"},
		{failure{ID: "CommandNotFoundException"}, fault.NotFound, "product"},
		{failure{Category: "ObjectNotFound"}, fault.NotFound, "pool"},
		{failure{Message: "The mirror database exists."}, fault.Cmdlet, "cmdlet's own"},
		// Numbers decide, in whatever language the words are.
		{failure{SQL: 18456, Message: `Fehler bei der Anmeldung für den Benutzer "NT-AUTORITÄT\\ANONYMOUS-ANMELDUNG".`, RunAs: new(false)}, fault.Permission, "run-as"},
		{failure{Code: 8224, Message: "操作エラーが発生しました。", RunAs: new(false)}, fault.Permission, "run-as"},
		{failure{SQL: 18456, Message: "ログインに失敗しました。", RunAs: new(true)}, fault.Login, "locked"},
		{failure{Code: 1909, Message: "Das angegebene Konto ist momentan gesperrt.", RunAs: new(true)}, fault.Login, "locked"},
		{failure{SQL: 229, Message: "Die SELECT-Berechtigung wurde verweigert.", RunAs: new(true)}, fault.Permission, "RTCUniversalServerAdmins"},
		// A dead SQL Server of the Central Management Store is no file server.
		{failure{SQL: 53, Code: 53, Message: "The network path was not found.", RunAs: new(false)}, fault.Unreachable, "Central Management Store"},
		{failure{SQL: -1, Message: "Netzwerkbezogener oder instanzspezifischer Fehler.", RunAs: new(true)}, fault.Unreachable, "Central Management Store"},
		{failure{Code: 8250, Message: "The server is not operational.", RunAs: new(false)}, fault.Unreachable, "domain controller"},
		{failure{Message: "Cannot write to the Central Management Store.", RunAs: new(false)}, fault.Cmdlet, "cmdlet's own"},
		{failure{SQL: 53, Message: "The network path was not found."}, fault.Cmdlet, "Central Management Store"},
		{failure{Code: 53, Message: "Der Netzwerkpfad wurde nicht gefunden."}, fault.Access, "share"},
	}
	for _, c := range cases {
		c.failure.Kind = "cmdlet"
		f := c.failure.fault("Set-CsX", "FE11")
		require.Equal(t, c.class, f.Class, "%+v", c.failure)
		require.Contains(t, f.Do, c.do)
	}
}

func TestCommandLinesQuoteSoThatNothingIsExpanded(t *testing.T) {
	for in, want := range map[string]string{
		"plain":           "'plain'",
		"o'brien":         "'o''brien'",
		"\u2018a\u2019":   "'\u2018\u2018a\u2019\u2019'",
		"$env:x `n \"q\"": "'$env:x `n \"q\"'",
		"":                "''",
	} {
		require.Equal(t, want, quoted(in))
	}
}

func TestALogIsCutIntoLinesWhereverItsPiecesEnd(t *testing.T) {
	text := "one\r\nzwei äöü ❄\n\nthree"
	for size := 1; size <= len(text); size++ {
		var got []string
		l := lines{emit: func(s string) { got = append(got, s) }}
		for rest := text; rest != ""; rest = rest[min(size, len(rest)):] {
			l.add([]byte(rest[:min(size, len(rest))]))
		}
		l.flush()
		require.Equal(t, []string{"one", "zwei äöü ❄", "three"}, got)
	}
}

func TestALineWithoutEndIsBounded(t *testing.T) {
	var longest int
	l := lines{emit: func(s string) { longest = max(longest, len(s)) }}
	for range 100 {
		l.add([]byte(strings.Repeat("x", 1000)))
	}
	require.Positive(t, longest)
	require.LessOrEqual(t, longest, maxLine+len("…"))
	require.LessOrEqual(t, len(l.rest), maxLine)
}

func TestTheSameWorkHasTheSameJobIDInTheSameIncidentOnly(t *testing.T) {
	w := work{kind: cmdletJob, name: "set-pool-state", request: map[string]string{"a": "b"}}
	other := work{kind: cmdletJob, name: "set-pool-state", request: map[string]string{"a": "c"}}
	id := func(token string, w work) string {
		id, err := baseID(Options{Token: token}.withDefaults(), w)
		require.NoError(t, err)
		return id
	}
	require.Equal(t, id("inc1", w), id("inc1", w))
	require.NotEqual(t, id("inc1", w), id("inc2", w))
	require.NotEqual(t, id("inc1", w), id("inc1", other))
	require.NotEqual(t, id("", w), id("", w), "without a token incidents are told apart all the same")

	require.Regexp(t, jobID, id("2026-11-21T02:45:00Z LITWARE / "+strings.Repeat("x", 200), w), "any words name an incident")

	for _, made := range []string{"Upper", "a b", "../..", strings.Repeat("x", 80)} {
		_, err := baseID(Options{JobID: func(string) string { return made }}.withDefaults(), w)
		require.Error(t, err, made)
	}
}

func TestASealedReplyIsTakenApartOrRefused(t *testing.T) {
	sealed := append([]byte{16, 0, 0, 0}, make([]byte, signatureBytes+3)...)
	whole := strings.Replace(sealedHead, "%d", "3", 1) + string(sealed) + sealedTail
	length, got, err := splitSealed([]byte(whole))
	require.NoError(t, err)
	require.Equal(t, 3, length)
	require.Equal(t, sealed, got)
	for _, broken := range []string{"", boundary, sealedHead + sealedTail, strings.Replace(whole, "Length=3", "Length=-1", 1), whole[:len(whole)-8]} {
		_, _, err := splitSealed([]byte(broken))
		require.ErrorIs(t, err, errBadSeal)
	}
}

func FuzzSplitSealed(f *testing.F) {
	f.Add([]byte(sealedHead + "0123456789012345678901234" + sealedTail))
	f.Fuzz(func(t *testing.T, body []byte) {
		length, sealed, err := splitSealed(body)
		if err == nil {
			require.GreaterOrEqual(t, length, 0)
			require.GreaterOrEqual(t, len(sealed), 4+signatureBytes)
		}
	})
}
