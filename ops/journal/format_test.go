package journal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// written makes a journal file of one open line as some version left it.
func written(t *testing.T, dir string, o Opening, closed bool) string {
	t.Helper()
	path := filepath.Join(dir, o.ID+suffix)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	j := newJournal(path, f, End{}, options())
	require.NoError(t, j.AppendData(Open, o))
	if closed {
		require.NoError(t, j.AppendData(Close, struct{}{}))
	}
	require.NoError(t, j.Close())
	return path
}

// Which journals a console may go on with: those of its site and procedure that
// are open. A site is what it is, not what it is called.
func TestAnIncidentIsFoundByTheIdentityOfItsSite(t *testing.T) {
	mine := Opening{ID: "i1", Site: "litware-pchat", Identity: "aa", Procedure: "failover"}
	for name, c := range map[string]struct {
		o      Opening
		closed bool
		found  bool
	}{
		"this site":                       {mine, false, true},
		"this site under another name":    {Opening{ID: "i1", Site: "litware", Identity: "aa", Procedure: "failover"}, false, true},
		"another site of this name":       {Opening{ID: "i1", Site: "litware-pchat", Identity: "bb", Procedure: "failover"}, false, false},
		"kept before there were any":      {Opening{ID: "i1", Site: "litware-pchat", Procedure: "failover"}, false, true},
		"of another name, before then":    {Opening{ID: "i1", Site: "litware", Procedure: "failover"}, false, false},
		"another procedure":               {Opening{ID: "i1", Site: "litware-pchat", Identity: "aa", Procedure: "failback"}, false, false},
		"closed":                          {mine, true, false},
		"the format that is written":      {Opening{Format: Format, ID: "i1", Site: "litware-pchat", Identity: "aa", Procedure: "failover"}, false, true},
		"a later format, but all is over": {Opening{Format: Format + 1, ID: "i1", Site: "litware-pchat", Identity: "aa", Procedure: "failover"}, true, false},
		"a later format, another site":    {Opening{Format: Format + 1, ID: "i1", Site: "litware-pchat", Identity: "bb", Procedure: "failover"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			written(t, dir, c.o, c.closed)
			found, err := Unfinished(dir, mine)
			require.NoError(t, err)
			require.Equal(t, c.found, len(found) == 1)
		})
	}
}

// A program that is older than the journal says so wherever it meets it, and
// does not begin another beside it.
func TestAJournalOfALaterFormatIsRefusedInASentence(t *testing.T) {
	dir := t.TempDir()
	o := Opening{Format: Format + 1, ID: "i1", Site: "litware-pchat", Identity: "aa", Procedure: "failover"}
	path := written(t, dir, o, false)
	const sentence = "it has format 3, and this program reads formats up to 2"
	_, err := Unfinished(dir, o)
	require.ErrorContains(t, err, sentence)
	_, err = Unfinished(dir, Opening{ID: "i2", Site: "litware-pchat", Identity: "aa", Procedure: "failover"})
	require.ErrorContains(t, err, sentence)
	_, err = Reopen(path, options(), nothing)
	require.ErrorContains(t, err, sentence)
	require.ErrorContains(t, Tail(t.Context(), path, nil, nothing, nil), sentence)
	all, err := List(dir)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.ErrorContains(t, all[0].Err, sentence)
	require.Equal(t, "litware-pchat", all[0].Site)
}

// A journal that cannot be read may be the record of an incident that goes on:
// none is begun beside it.
func TestADamagedJournalOfThisSiteIsNotPassedOver(t *testing.T) {
	mine := Opening{ID: "20261121t030000-000z-litware-pchat-failover", Site: "litware-pchat", Identity: "aa", Procedure: "failover"}
	const note = `{"seq":2,"time":"2026-11-21T03:00:00Z","type":"note","data":"x","prev":"7"}` + "\n"
	for name, text := range map[string]string{
		"a first line of zeros":         "\x00\x00\x00\x00\n" + note,
		"a first line that is half":     `{"seq":1,"time":"2026-11-21T03:0` + "\n" + note,
		"an endless first line":         strings.Repeat("x", 3*MaxLine) + "\n" + note,
		"an empty first line":           "\n" + note,
		"no open line":                  `{"seq":1,"time":"2026-11-21T03:00:00Z","type":"note","data":"x","prev":""}` + "\n",
		"a format that is no number":    `{"seq":1,"time":"2026-11-21T03:00:00Z","type":"open","data":{"format":"2","id":"x","site":"litware-pchat","identity":"aa","procedure":"failover"},"prev":""}` + "\n",
		"an identity that is no string": `{"seq":1,"time":"2026-11-21T03:00:00Z","type":"open","data":{"format":2,"id":"x","site":"litware-pchat","identity":7,"procedure":"failover"},"prev":""}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, mine.ID+suffix)
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			next := mine
			next.ID = "20261121t040000-000z-litware-pchat-failover"
			_, err := Unfinished(dir, next)
			require.ErrorContains(t, err, path)
			require.ErrorContains(t, err, "move it out of the folder")
			for _, site := range []string{"other", "pchat", "litware"} {
				next.Site, next.Identity = site, "bb"
				found, err := Unfinished(dir, next)
				require.NoError(t, err, "another site's is another's trouble")
				require.Empty(t, found)
			}
		})
	}
}

// A console that ended as it began an incident, and a disk that was full then, leave
// a file that tells of nothing. It is named, and bars no new incident.
func TestAFileInWhichNothingCanBeReadBarsNoIncident(t *testing.T) {
	mine := Opening{ID: "20261121t030000-000z-litware-pchat-failover", Site: "litware-pchat", Identity: "aa", Procedure: "failover"}
	for name, text := range map[string]string{
		"nothing":                "",
		"a line break":           "\n",
		"zeros":                  "\x00\x00\x00\x00",
		"zeros in a line":        "\x00\x00\x00\x00\n",
		"half a line":            `{"seq":1,"time":"2026-11-21T03:00:00Z","type":"op`,
		"a line without its end": `{"seq":1,"time":"2026-11-21T03:00:00Z","type":"open","data":{"format":2},"prev":"`,
		"garbage":                "garbage\n\xff\xfe\n",
		"an array":               "[]\n",
		"an empty object":        "{}\n",
		"an endless line":        strings.Repeat("x", 3*MaxLine),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, mine.ID+suffix)
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			next := mine
			next.ID = "20261121t040000-000z-litware-pchat-failover"
			found, err := Unfinished(dir, next)
			require.NoError(t, err)
			require.Empty(t, found)
			all, err := List(dir)
			require.NoError(t, err)
			bad := Unread(all, "litware-pchat", "aa", "failover")
			require.Len(t, bad, 1)
			require.ErrorContains(t, bad[0].Err, path)
			require.ErrorContains(t, bad[0].Err, "move it out of the folder, or delete it")
			for _, site := range []string{"other", "pchat", "litware"} {
				require.Empty(t, Unread(all, site, "bb", "failover"), "another site's is another's trouble")
			}
		})
	}
}

// A folder may hold what is none of this program's, under any name.
func TestForeignFilesBarNoIncident(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"export.jsonl": "{}\n{}\n", "litware-pchat-failover.jsonl": "", "copy of 20261121t030000-000z-litware-pchat-failover.jsonl": "{",
		"20261121t030000-000z-litware-pchat-failover.jsonl.torn-1": "{", "notes.txt": "x", ".jsonl": "",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder.jsonl"), 0o700))
	found, err := Unfinished(dir, Opening{ID: "i2", Site: "litware-pchat", Identity: "aa", Procedure: "failover"})
	require.NoError(t, err)
	require.Empty(t, found)
}

// Of what cannot be read nobody knows that it is over, or whose it is: it is
// named, unless it is another site's.
func TestWhatMayBeAnOpenIncidentAndCannotBeReadIsNamed(t *testing.T) {
	const stamp = "20261121t030000-000z"
	torn := func(t *testing.T, path string) { require.NoError(t, os.WriteFile(path, []byte("{"), 0o600)) }
	of := func(site, identity string, closed bool) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			dir, name := filepath.Split(path)
			written(t, dir, Opening{Format: Format + 1, ID: strings.TrimSuffix(name, suffix), Site: site, Identity: identity, Procedure: "failback"}, closed)
		}
	}
	for name, c := range map[string]struct {
		id    string
		write func(*testing.T, string)
		says  string
	}{
		"torn, of any procedure":             {stamp + "-litware-pchat-ship-primary", torn, "no line of a journal can be read in it"},
		"torn, of another site":              {stamp + "-contoso-failover", torn, ""},
		"torn, and the name tells nothing":   {"copy of a journal", torn, "no line of a journal can be read in it"},
		"a later format":                     {stamp + "-litware-pchat-failback", of("litware-pchat", "aa", false), "it has format 3"},
		"a later format, under another name": {stamp + "-litware-failback", of("litware", "aa", false), "it has format 3"},
		"a later format, and over":           {stamp + "-litware-pchat-failback", of("litware-pchat", "aa", true), ""},
		"a later format, another site":       {stamp + "-litware-pchat-failback", of("litware-pchat", "bb", false), ""},
	} {
		dir := t.TempDir()
		c.write(t, filepath.Join(dir, c.id+suffix))
		begin(t, dir)
		all, err := List(dir)
		require.NoError(t, err)
		bad := Unread(all, "litware-pchat", "aa", "failover", "failback", "ship-primary")
		if c.says == "" {
			require.Empty(t, bad, name)
			continue
		}
		require.Len(t, bad, 1, name)
		require.ErrorContains(t, bad[0].Err, c.says, name)
		require.ErrorContains(t, bad[0].Err, c.id, name)
	}
}

func TestANewJournalSaysItsFormat(t *testing.T) {
	path := begin(t, t.TempDir())
	got, end := lines(t, path)
	var o Opening
	require.NoError(t, json.Unmarshal(got[0].Data, &o))
	require.Equal(t, Format, o.Format)
	j, err := Reopen(path, options(), nothing)
	require.NoError(t, err)
	require.Equal(t, end.Hash, j.Head())
	require.NoError(t, j.AppendData(Note, struct{}{}))
	require.NotEqual(t, end.Hash, j.Head())
	require.NoError(t, j.Close())
}

// A journal is the record of the incident that its name says. Its first line may say
// otherwise, and the chain be whole: then somebody has copied it, or made it up.
func TestAJournalOfAnotherNameIsNotGoneOnWith(t *testing.T) {
	const id = "20261121t030000-000z-litware-pchat-failover"
	for name, c := range map[string]struct {
		file, says string
	}{
		"a path":           {id, "../../x"},
		"another incident": {id, "20261120t030000-000z-litware-pchat-failover"},
		"no id":            {id, ""},
		"renamed":          {"copy", id},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			o := Opening{Format: Format, ID: c.file, Site: "litware-pchat", Identity: "aa", Procedure: "failover"}
			path := filepath.Join(dir, o.ID+suffix)
			f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			require.NoError(t, err)
			j := newJournal(path, f, End{}, options())
			o.ID = c.says
			require.NoError(t, j.AppendData(Open, o))
			require.NoError(t, j.Close())

			all, err := List(dir)
			require.NoError(t, err)
			require.ErrorContains(t, all[0].Err, "its first line is of the incident")
			found, err := Unfinished(dir, o)
			require.ErrorContains(t, err, "its first line is of the incident")
			require.Empty(t, found)
			require.Len(t, Unread(all, "litware-pchat", "aa", "failover"), 1)
		})
	}
}

// What a journal of another hand holds is told in words of this program.
func TestAFormatThatIsNoneIsToldInOurWords(t *testing.T) {
	for data, says := range map[string]string{
		`{"format":"x","id":"i1"}`:  "its format is no whole number, and this program reads formats up to 2",
		`{"format":2.5,"id":"i1"}`:  "its format is no whole number, and this program reads formats up to 2",
		`{"format":true,"id":"i1"}`: "its format is no whole number, and this program reads formats up to 2",
		`{"format":1e99,"id":"i1"}`: "its format is no whole number, and this program reads formats up to 2",
		`{"format":2,"id":7}`:       `"id" is not what this program writes there`,
		`[]`:                        "it is not the JSON that this program writes",
		`{"format":2,"id":"i1"`:     "it is not the JSON that this program writes",
	} {
		_, err := openingOf(Line{Type: Open, Data: json.RawMessage(data)})
		require.EqualError(t, err, says, data)
	}
}
