package chain

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	family = "11111111-0000-0000-0000-000000000000"
	fork   = "22222222-0000-0000-0000-000000000000"
	other  = "33333333-0000-0000-0000-000000000000"
)

func lsn(n int) LSN {
	l, err := ParseLSN(fmt.Sprintf("%d", n))
	if err != nil {
		panic(err)
	}
	return l
}

func log(name string, first, last int) Header {
	return Header{
		File: `E:\LogShip\` + name, Position: 1, Type: 2, Database: "mgc",
		First: lsn(first), Last: lsn(last), Family: family, Fork: fork, FirstFork: fork,
		SetGUID: name, Started: minute(first), Finished: minute(last),
	}
}

func minute(n int) time.Time {
	return time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
}

func with(h Header, change func(*Header)) Header { change(&h); return h }

func names(hs []Header) []string {
	var out []string
	for _, h := range hs {
		out = append(out, Base(h.File))
	}
	return out
}

func reasons(as []Aside) map[string]Reason {
	out := map[string]Reason{}
	for _, a := range as {
		out[Base(a.File)] = a.Reason
	}
	return out
}

func TestLSNKeepsAll25Digits(t *testing.T) {
	for _, s := range []string{"1", "1821957000104764400001", "9999999999999999999999999", "18446744073709551616"} {
		l, err := ParseLSN(s)
		require.NoError(t, err)
		require.Equal(t, s, l.String())
	}
	for _, bad := range []string{"12x", "-1", "1.5", "99999999999999999999999999"} {
		_, err := ParseLSN(bad)
		require.Error(t, err, bad)
	}
	require.Negative(t, lsn(9).Compare(lsn(10)), "numbers, not text, are compared")
}

func TestPlan(t *testing.T) {
	at := Position{Database: "mgc", LSN: lsn(100), Fork: fork, Family: family}
	tests := []struct {
		name  string
		have  []Header
		want  []string
		aside map[string]Reason
		gap   string
		fork  bool
	}{
		{
			name: "backups are applied in LSN order, whatever their names say",
			have: []Header{log("a", 300, 400), log("z", 100, 200), log("m", 200, 300)},
			want: []string{"z", "m", "a"},
		},
		{
			name: "the backup that contains the redo LSN is next, even if it begins before it",
			have: []Header{log("a", 50, 150), log("b", 150, 200)},
			want: []string{"a", "b"},
		},
		{
			name:  "backups that end at or before the redo LSN are already applied",
			have:  []Header{log("old", 10, 50), log("last", 50, 100), log("next", 100, 120)},
			want:  []string{"next"},
			aside: map[string]Reason{"old": TooOld, "last": TooOld},
		},
		{
			name: "a missing backup stops the chain before the hole",
			have: []Header{log("a", 100, 200), log("c", 300, 400)},
			want: []string{"a"}, gap: "c",
		},
		{
			name: "foreign, damaged, empty, full and duplicate backups are set aside by name",
			have: []Header{
				log("a", 100, 200),
				with(log("copy-of-a", 100, 200), func(h *Header) { h.SetGUID = "a" }),
				with(log("hr", 100, 200), func(h *Header) { h.Database = "hr" }),
				with(log("rebuilt", 100, 200), func(h *Header) { h.Family = other }),
				with(log("bad", 200, 300), func(h *Header) { h.Damaged = true }),
				with(log("full", 100, 200), func(h *Header) { h.Type = 1 }),
				log("empty", 200, 200),
			},
			want: []string{"a"},
			aside: map[string]Reason{
				"copy-of-a": Duplicate, "hr": Foreign, "rebuilt": Foreign,
				"bad": Damaged, "full": NotLog, "empty": Empty,
			},
		},
		{
			name:  "a second backup of the same range is a duplicate, not a fault",
			have:  []Header{log("a", 100, 200), log("b", 100, 200), log("c", 200, 300)},
			want:  []string{"a", "c"},
			aside: map[string]Reason{"b": Duplicate},
		},
		{
			name: "the normal backup is preferred to a copy-only one of the same range",
			have: []Header{with(log("copyonly", 100, 200), func(h *Header) { h.CopyOnly = true }), log("normal", 100, 200)},
			want: []string{"normal"}, aside: map[string]Reason{"copyonly": Duplicate},
		},
		{
			name: "a copy-only tail is used where nothing else covers the range",
			have: []Header{with(log("tail", 100, 200), func(h *Header) { h.CopyOnly = true })},
			want: []string{"tail"},
		},
		{
			name:  "a backup of another recovery path is never applied",
			have:  []Header{with(log("x", 100, 200), func(h *Header) { h.FirstFork, h.Fork = other, other })},
			aside: map[string]Reason{"x": WrongFork},
		},
		{
			name: "the chain follows a fork that a backup itself carries",
			have: []Header{
				with(log("a", 100, 200), func(h *Header) { h.Fork, h.ForkPoint = other, lsn(150) }),
				with(log("b", 200, 300), func(h *Header) { h.FirstFork, h.Fork = other, other }),
			},
			want: []string{"a", "b"},
		},
		{
			name: "behind a fork, a backup that carries it goes on from there",
			have: []Header{with(log("a", 50, 200), func(h *Header) { h.FirstFork, h.ForkPoint = other, lsn(80) })},
			want: []string{"a"},
		},
		{
			name:  "before a fork, nobody can be on its second path",
			have:  []Header{with(log("a", 50, 200), func(h *Header) { h.FirstFork, h.ForkPoint = other, lsn(150) })},
			aside: map[string]Reason{"a": WrongFork},
		},
		{
			name:  "who went past a fork on the first path does not come back to it",
			have:  []Header{with(log("a", 50, 200), func(h *Header) { h.Fork, h.ForkPoint = other, lsn(80) })},
			aside: map[string]Reason{"a": WrongFork},
		},
		{
			name: "two recovery paths from the same point stop the plan",
			have: []Header{
				log("old-primary", 100, 200),
				with(log("new-principal", 100, 220), func(h *Header) { h.Fork, h.ForkPoint = other, lsn(150) }),
			},
			fork: true,
		},
		{name: "nothing to apply", have: nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Plan(tt.have, at)
			require.Equal(t, tt.want, names(c.Restore))
			if tt.aside != nil {
				require.Equal(t, tt.aside, reasons(c.Aside))
			}
			if tt.gap == "" {
				require.Nil(t, c.Gap)
			} else {
				require.NotNil(t, c.Gap)
				require.Equal(t, tt.gap, Base(c.Gap.Next))
				require.Equal(t, c.Reached.LSN, c.Gap.From)
				require.Equal(t, minute(200), c.Gap.Since)
				require.Equal(t, minute(300), c.Gap.Until)
			}
			require.Equal(t, tt.fork, c.Fork != nil)
		})
	}
}

// Whatever order headers arrive in, the walk hands out the same chain.
func TestOrderOfReadingDoesNotMatter(t *testing.T) {
	at := Position{Database: "mgc", LSN: lsn(0), Family: family}
	var all []Header
	for i := range 200 {
		all = append(all, log(fmt.Sprint(i), i*10, i*10+10))
	}
	want := names(Plan(all, at).Restore)
	require.Len(t, want, 200)
	r := rand.New(rand.NewPCG(7, 7))
	for range 20 {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		w := NewWalk(at)
		var got []Header
		for _, h := range all {
			w.Add(h)
			for n, _ := w.Next(); n != nil; n, _ = w.Next() {
				got = append(got, *n)
			}
		}
		require.Equal(t, want, names(got))
	}
}

// shuffled gives an unbroken chain in the order of a careless listing.
func shuffled(n int) []Header {
	all := make([]Header, n)
	for i := range all {
		all[i] = log(fmt.Sprint(i), i*10, i*10+10)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func TestPlanningAsksForNoMemoryPerBackup(t *testing.T) {
	all := shuffled(10_000)
	at := Position{Database: "mgc", LSN: lsn(0), Fork: fork, Family: family}
	require.Less(t, testing.AllocsPerRun(3, func() { Plan(all, at) }), 500.0)
}

// BenchmarkPlan100000 orders the headers of 100,000 files; the target is under
// 200 ms.
func BenchmarkPlan100000(b *testing.B) {
	all := shuffled(100_000)
	at := Position{Database: "mgc", LSN: lsn(0), Fork: fork, Family: family}
	b.ReportAllocs()
	for b.Loop() {
		if n := len(Plan(all, at).Restore); n != len(all) {
			b.Fatalf("planned %d of %d", n, len(all))
		}
	}
}

func TestStampIsReadFromLogShippingNamesOnly(t *testing.T) {
	got, ok := Stamp(`\\FS01\LogShip\mgc_20261121024500.trn`)
	require.True(t, ok)
	require.Equal(t, time.Date(2026, 11, 21, 2, 45, 0, 0, time.UTC), got)
	for _, name := range []string{"tail.trn", "mgc_2026112102450.trn", "mgc_20261321024500.trn", "", "mgc_20261121024500"} {
		_, ok := Stamp(name)
		require.Equal(t, name == "mgc_20261121024500", ok, name)
	}
}
