package main

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pchatops/ops/engine"
	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/memnet"
	"pchatops/ops/lab/scenario"
	"pchatops/ops/site"
)

// draw is all that a seed decides beforehand. What operators answer is drawn
// while they are asked, from numbers of their own.
type draw struct {
	seed      uint64
	scenario  string
	situation *scenario.Scenario // instead of one by its name
	real      bool               // over sockets, with processes
	speed     float64
	clock     time.Duration // by how much the site's clock differs from the consoles'
	before    []mishap
	during    []strike
	consoles  []consoleDraw
}

// strike is a mishap at the n-th request of a kind.
type strike struct {
	at mark
	mishap
}

// mark is the n-th request of a kind.
type mark struct {
	target, text string
	n            int
}

// consoleDraw is a console and who sits before it.
type consoleDraw struct {
	procedure string
	at        mark          // when it is started; zero: at the beginning
	elsewhere bool          // on a host of its own, with journals of its own
	live      bool          // it polls, as the console on the screen does
	bold      float64       // how likely its operator passes a gate
	attempts  int           // how often it is started at most
	thinks    time.Duration // before an answer, at most
	seed      uint64
}

// String tells a draw to people.
func (d draw) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  scenario %s at speed %v, its clock off by %v\n", d.scenario, d.speed, d.clock)
	if d.situation != nil {
		fmt.Fprintf(&b, "  instead: %s: %s\n", d.situation.Name, d.situation.Title)
	}
	if d.real {
		b.WriteString("  over sockets, with processes\n")
	}
	for _, m := range d.before {
		fmt.Fprintf(&b, "  before: %s\n", m.name)
	}
	for _, s := range d.during {
		fmt.Fprintf(&b, "  %s at request %d of %s: %.120s\n", s.name, s.at.n, s.at.target, s.at.text)
	}
	for i, c := range d.consoles {
		fmt.Fprintf(&b, "  console %d: %+v\n", i+1, c)
	}
	return b.String()
}

// stormScenarios are the worlds, the most wanted most often.
var stormScenarios = []struct{ scenario, procedure string }{
	{"failover", "failover"},
	{"failover", "failover"},
	{"failover", "failover"},
	{"failover", "failover"},
	{"failover-standby", "failover"},
	{"failover-litter", "failover"},
	{"failover-share-down", "failover"},
	{"healthy", "failover"},
	{"ship-primary", "ship-primary"},
	{"ship-mirror", "ship-mirror"},
}

// destroys reports whether a situation takes a backup away wherever it lies. A console
// that looks only then cannot know of it.
func destroys(s scenario.Scenario) bool {
	steps := slices.Clone(s.Start)
	for _, e := range s.When {
		steps = append(steps, e.Do...)
	}
	from := func(folder string) bool {
		return slices.ContainsFunc(steps, func(s scenario.Step) bool {
			return s.Do == "file" && s.With["folder"] == folder && (s.With["do"] == "remove" || s.With["do"] == "replace")
		})
	}
	return from("share") && from("copy")
}

// withholds reports whether a situation holds a backup back until a console comes to
// some step. A storm may never come to that moment, and nobody could know of it then.
func withholds(s scenario.Scenario) bool {
	renamed := func(s scenario.Step) bool { return s.Do == "file" && s.With["do"] == "rename" }
	return slices.ContainsFunc(s.Start, renamed) && slices.ContainsFunc(s.When, func(e scenario.Event) bool { return e.Moment != nil })
}

// drawnFrom draws what a seed stands for.
func drawnFrom(t *testing.T, seed uint64, known *rehearsed) draw {
	r := rand.New(rand.NewPCG(seed, 0x73746f726d))
	pick := stormScenarios[r.IntN(len(stormScenarios))]
	d := draw{seed: seed, scenario: pick.scenario, speed: 1, real: onSockets(seed)}
	if all := scenario.World(); r.IntN(3) == 0 {
		if x := all[r.IntN(len(all))]; x.Procedure == pick.procedure && !withholds(x) && !destroys(x) {
			d.situation = &x
		}
	}
	if r.IntN(4) == 0 {
		d.speed = float64(1 + r.IntN(30))
	}
	if r.IntN(5) == 0 {
		d.clock = time.Duration(r.IntN(2*72)-72) * time.Hour
	}
	marks := known.marks(t, pick.scenario, pick.procedure)
	at := func() mark { return anyMark(r, marks) }
	for range [...]int{0, 0, 0, 1, 1, 2}[r.IntN(6)] {
		d.before = append(d.before, lasting(r))
	}
	for range [...]int{0, 1, 1, 2, 3, 4}[r.IntN(6)] {
		d.during = append(d.during, strike{at(), passing(r)})
	}
	n := [...]int{1, 1, 1, 2, 2, 3}[r.IntN(6)]
	for i := range n {
		c := consoleDraw{
			procedure: pick.procedure, live: r.IntN(4) == 0, bold: [...]float64{0, 0.5, 0.9, 1}[r.IntN(4)],
			attempts: 1 + r.IntN(3), thinks: [...]time.Duration{0, 0, time.Second, time.Minute}[r.IntN(4)], seed: r.Uint64(),
		}
		if i > 0 {
			c.elsewhere = r.IntN(3) > 0
			c.at = at()
		}
		d.consoles = append(d.consoles, c)
		if r.IntN(3) == 0 {
			d.during = append(d.during, strike{at(), consoleTrouble(r, i)})
		}
	}
	return d
}

// agreeing is an operator who gives everything that is asked for.
func agreeing(s engine.Step, p *engine.Plan) (engine.Confirmation, bool) {
	var texts []string
	for _, a := range engine.Demanded(s.Risk, p).Asks {
		texts = append(texts, a.Want)
	}
	return engine.Answered(s, p, texts), true
}

// anyMark draws a request: a third of them as often as they are made, a third
// each kind as often as any other, and a third among those about jobs, which
// take the longest and are few.
func anyMark(r *rand.Rand, marks []mark) mark {
	all := marks
	switch r.IntN(3) {
	case 0:
		marks = only(marks, func(m mark) bool { return m.n == 1 })
	case 1:
		marks = only(marks, func(m mark) bool { return strings.Contains(m.text, "pchatops job-") })
	}
	if len(marks) == 0 {
		marks = all
	}
	return marks[r.IntN(len(marks))]
}

func only(marks []mark, f func(mark) bool) (out []mark) {
	for _, m := range marks {
		if f(m) {
			out = append(out, m)
		}
	}
	return out
}

// rehearsed knows the requests of undisturbed runs, of which faults are drawn.
type rehearsed struct {
	mu   sync.Mutex
	runs map[string][]mark
}

func newRehearsed() *rehearsed { return &rehearsed{runs: map[string][]mark{}} }

func (k *rehearsed) marks(t *testing.T, scenario, procedure string) []mark {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.runs[scenario] == nil {
		k.runs[scenario] = rehearseOnce(t, scenario, procedure)
	}
	return slices.Clone(k.runs[scenario])
}

// rehearseOnce lists the requests of one undisturbed run.
func rehearseOnce(t *testing.T, scenario, procedure string) (marks []mark) {
	dir, err := os.MkdirTemp(memoryDir(), "pchatops-storm-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	var mu sync.Mutex
	t.Run("rehearsal of "+scenario, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			time.Sleep(time.Until(proveDawn))
			n := memnet.New()
			console := n.Host()
			l, err := lab.Start(ctx, lab.Options{Scenario: scenario, Seed: 1, Speed: 1, Dir: dir, Listen: n.Listen, OnRequest: func(r lab.Request) lab.Verdict {
				mu.Lock()
				defer mu.Unlock()
				if strings.HasPrefix(r.Peer, console.Address()+":") && (r.N == 1 || !strings.Contains(r.Text, "APPLOCK_MODE")) { // a beat is like any other
					marks = append(marks, mark{r.Target, r.Text, r.N})
				}
				return faults.Verdict{}
			}})
			if err != nil {
				panic(err)
			}
			defer l.Close()
			s, err := site.Load(l.Describe().Config)
			if err != nil {
				panic(err)
			}
			c, err := open(ctx, ask{site: s, procedure: procedure, dir: dir + "/journals", secrets: site.NewSecrets(nil), on: networked(console.Dial)})
			if err != nil {
				panic(err)
			}
			_ = c.runAll(ctx, "", agreeing, output{w: io.Discard}, func(engine.Event) {}, nil)
			_ = c.close()
		})
	})
	// What is asked at the same time arrives in any order; a draw is to be the same.
	slices.SortFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.text, b.text), cmp.Compare(a.n, b.n))
	})
	return marks
}
