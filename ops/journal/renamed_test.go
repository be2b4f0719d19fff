package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const moved = "20261121t030000-000z-litware-pchat-ship-mirror"

// names are what people and programs make of the name of a journal.
var names = []string{
	moved + " (1).jsonl", moved + "-1.jsonl", moved + ".copy.jsonl", moved + "-old.jsonl", moved + "x.jsonl", "copy-of-" + moved + ".jsonl",
	moved + ".jsonl.bak", moved + ".jsonlx", moved + ".jsonl~", "x" + moved + ".jsonl.1",
	"20200101t000000-000z-litware-pchat-ship-mirror.jsonl", // up to here the name tells what it was
	"a.jsonl", strings.ToUpper(moved) + ".JSONL", moved, "note.txt", ".hidden", moved + ".jsonl.torn-1",
}

const telling = 11 // of them

// Whatever an open journal is called, it is named, and none is begun beside it: its first
// line says what it is and, where that is damaged, what is left of its name. One that is
// closed, of another site, or a copy of one that is there bars none.
func TestAJournalUnderAnotherNameIsNotTakenForNoIncident(t *testing.T) {
	mine := Opening{Format: Format, ID: moved, Site: "litware-pchat", Identity: "aa", Procedure: "ship-mirror"}
	of := func(change func(*Opening), closed bool) func(*testing.T, string, string) {
		return func(t *testing.T, dir, as string) {
			o := mine
			change(&o)
			require.NoError(t, os.Rename(written(t, dir, o, closed), filepath.Join(dir, as)))
		}
	}
	same := func(*Opening) {}
	for name, c := range map[string]struct {
		write func(t *testing.T, dir, as string)
		names int // of those above
		bars  bool
		says  string // "": it is not named
	}{
		"open":                       {of(same, false), len(names), true, "give it its name back, " + moved + ".jsonl"},
		"open, of an earlier format": {of(func(o *Opening) { o.Format, o.Identity = 0, "" }, false), len(names), true, "give it its name back, " + moved + ".jsonl"},
		"open, of a later format":    {of(func(o *Opening) { o.Format, o.Site = Format+1, "litware" }, false), len(names), true, "it has format 3"},
		"under another name of it":   {of(func(o *Opening) { o.Site = "litware" }, false), len(names), true, "give it its name back, " + moved + ".jsonl"},
		"of another procedure":       {of(func(o *Opening) { o.Procedure = "failover" }, false), len(names), false, "give it its name back"},
		"of another site":            {of(func(o *Opening) { o.Identity = "bb" }, false), len(names), false, ""},
		"closed":                     {of(same, true), len(names), false, "if that is over or none, move the file out of the folder"},
		"a copy": {func(t *testing.T, dir, as string) {
			of(same, false)(t, dir, as)
			written(t, dir, mine, false)
		}, len(names), false, "leave there, under that name, the one that is the record of the incident"},
		"a copy of one in which nothing can be read": {func(t *testing.T, dir, as string) {
			of(same, false)(t, dir, as)
			require.NoError(t, os.WriteFile(filepath.Join(dir, moved+suffix), nil, 0o600))
		}, len(names), true, "leave there, under that name, the one that is the record of the incident"},
		"without its first line": {func(t *testing.T, dir, as string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, as), []byte("{\n"+`{"seq":2,"time":"2026-11-21T03:00:00Z","type":"note","data":"x","prev":"7"}`+"\n"), 0o600))
		}, telling, true, "keep it as evidence"},
		"a link": {func(t *testing.T, dir, as string) {
			require.NoError(t, os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, as)))
		}, telling, true, "is a symbolic link"},
	} {
		for _, as := range names[:c.names] {
			t.Run(name+", as "+as, func(t *testing.T) {
				dir := t.TempDir()
				c.write(t, dir, as)
				found, err := Unfinished(dir, Opening{ID: "next", Site: "litware-pchat", Identity: "aa", Procedure: "ship-mirror"})
				require.Equal(t, c.bars, err != nil, "%v", err)
				if c.bars {
					require.ErrorContains(t, err, c.says)
				}
				all, err := List(dir)
				require.NoError(t, err)
				if !c.bars {
					require.Len(t, found, len(all)-1, "the one that is called as it should be")
				}
				told := map[string]string{}
				for _, i := range Unread(all, "litware-pchat", "aa", "failover", "ship-mirror") {
					told[filepath.Base(i.Path)] = i.Err.Error()
				}
				require.Equal(t, c.says != "", told[as] != "")
				require.Contains(t, told[as], c.says)
			})
		}
	}
}

// What is no journal is none under any name that this program does not give to one.
func TestWhatIsNoJournalIsNotNamed(t *testing.T) {
	dir := t.TempDir()
	written(t, dir, Opening{Format: Format, ID: moved, Site: "litware-pchat", Identity: "aa", Procedure: "ship-mirror"}, false)
	for name, text := range map[string]string{
		"9f2c41d08be6a357.lock": "", "9f2c41d08be6a357.driver": `{"user":"alice","host":"ops1","pid":1,"since":"2026-11-21T03:00:00Z"}` + "\n",
		"crash-20261121T030000.000Z.txt": "2026-11-21T03:00:00Z\npchatops 1\n", "notes.txt": "call Bob\n", "long": strings.Repeat("x", 3*MaxLine),
		"list.json": `{"type":"open","data":{}}`, "torn.json": `{"seq":1,"time":"2026-11-21T03:00:00Z","type":"open","data":{"format":2`,
		"other.json": `{"type":"open","data":{"site":7}}` + "\n", "event.json": `{"type":"open","door":"front"}` + "\n",
		moved + ".jsonl.torn-1": `{"seq":9,"time":"2026-11-21T03:00:00Z","type":"note","data":"x","prev":"7"}`, "." + moved + ".jsonl.swp": "b0VIM 9.0\x00\x00",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "jobs"), 0o700))
	require.NoError(t, os.Symlink(filepath.Join(dir, "jobs"), filepath.Join(dir, "work")))
	all, err := List(dir)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Empty(t, Unread(all, "litware-pchat", "aa", "ship-mirror"))
}
