package clean_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"pchatops/tui/part/clean"
)

func TestWhatServersSaySurvivesReadable(t *testing.T) {
	for in, want := range map[string]string{
		`SQL11\RTC`:                         `SQL11\RTC`,
		"Datenbank wird gelöscht – Größe 5": "Datenbank wird gelöscht – Größe 5",
		"Msg 4305, Level 16\r\nState 1":     "Msg 4305, Level 16 State 1",
		"\x1b]0;owned\x07":                  `\u{1b}]0;owned\u{7}`,
		"\x1b[2Jgone":                       `\u{1b}[2Jgone`,
		"\u009b31m":                         `\u{9b}31m`,
		"mgc\u202egpj.exe":                  `mgc\u{202e}gpj.exe`,
		"a\u200bb":                          `a\u{200b}b`,
		"e\u0301":                           `e\u{301}`,
		"数据库":                               `\u{6570}\u{636e}\u{5e93}`,
		"שלום":                              `\u{5e9}\u{5dc}\u{5d5}\u{5dd}`,
		"🇩🇪":                                `\u{1f1e9}\u{1f1ea}`,
		"\xff\xfe":                          `\xff\xfe`,
	} {
		require.Equal(t, want, clean.Line(in))
	}
}

func TestStatementsKeepTheirLinesAndTheirNumberIsBounded(t *testing.T) {
	require.Equal(t, []string{"RESTORE LOG [mgc]", "    WITH NORECOVERY"},
		clean.Lines("RESTORE LOG [mgc]\r\n\tWITH NORECOVERY\n", 10))
	require.Equal(t, []string{"1", "2", "…"}, clean.Lines("1\n2\n3\n4", 2))
	require.Equal(t, []string{""}, clean.Lines("", 3))
}

func TestAnEndlessLineIsCut(t *testing.T) {
	got := clean.Line(strings.Repeat("ä", 10<<20))
	require.Equal(t, strings.Repeat("ä", clean.Limit/2)+"…", got)
}

func FuzzWhateverComesInTakesOneCellPerCharacter(f *testing.F) {
	for _, seed := range []string{"", "mgc", "\x1b[31m", "\u202e", "数", "e\u0301", "\xf0\x9f", "👨\u200d👩\u200d👧", "ก\u0e33", "\u06001"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, l := range append(clean.Lines(s, 20), clean.Line(s)) {
			n := utf8.RuneCountInString(l)
			if ansi.StringWidth(l) != n || ansi.StringWidthWc(l) != n {
				t.Fatalf("%q became %q, whose width is not %d", s, l, n)
			}
			if strings.ContainsFunc(l, unicode.IsControl) || !utf8.ValidString(l) {
				t.Fatalf("%q became %q", s, l)
			}
		}
	})
}
