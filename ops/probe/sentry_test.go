package probe

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// gatekeeper is the way to a server: how far one comes, as a test sets it.
type gatekeeper struct {
	mu      sync.Mutex
	reach   fault.Reach // "": it takes connections
	knocked []time.Time
	there   fault.Reach // as seen from the second place
	away    bool        // the second place cannot be asked
	slow    time.Duration
	asked   []time.Time
}

func (g *gatekeeper) set(change func(*gatekeeper)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(g)
}

func (g *gatekeeper) Port() int { return 1433 }

// Knock implements Knocker.
func (g *gatekeeper) Knock(ctx context.Context) error {
	g.mu.Lock()
	g.knocked = append(g.knocked, time.Now())
	reach := g.reach
	g.mu.Unlock()
	return g.come(ctx, reach)
}

// come is an attempt that comes so far.
func (g *gatekeeper) come(ctx context.Context, reach fault.Reach) error {
	if reach == "" {
		return nil
	}
	if reach == fault.NoAnswer {
		<-ctx.Done()
	}
	return &fault.Error{Class: fault.Unreachable, Reach: reach}
}

// Facts implements SQL: a server that is reached answers.
func (g *gatekeeper) Facts(ctx context.Context) (status.Facts, error) {
	g.mu.Lock()
	reach := g.reach
	g.mu.Unlock()
	return status.Facts{Database: status.Database{Exists: true, State: "ONLINE"}}, g.come(ctx, reach)
}

// Look implements Outlook.
func (g *gatekeeper) Look(ctx context.Context, _ site.Instance, _ int, patience time.Duration) (string, fault.Reach, error) {
	g.mu.Lock()
	g.asked = append(g.asked, time.Now())
	there, away, slow := g.there, g.away, g.slow
	g.mu.Unlock()
	if there == fault.NoAnswer {
		slow += patience
	}
	if (wall{}).Wait(ctx, slow) != nil {
		return "", "", context.Cause(ctx)
	}
	if away {
		return "", "", &fault.Error{Class: fault.Unreachable}
	}
	return "SQL11", there, nil
}

// guarded is a site of one primary and a secondary with its Windows host.
func guarded(g *gatekeeper, clock Clock) (*site.Site, *Prober) {
	s := &site.Site{
		Instances: []site.Instance{{Role: site.Primary, Label: "SQL01"}, {Role: site.Secondary, Label: "SQL11", DataCentre: "dc2"}},
		Hosts:     []site.Host{{Role: site.Secondary, Name: "SQL11", DataCentre: "dc2"}},
		Intervals: site.Intervals{Poll: 5 * time.Second, Answer: 5 * time.Second, Stale: 20 * time.Second},
		DeadAfter: site.DeadAfter{Silent: 8 * time.Second, Refused: 30 * time.Second, Attempts: 3},
	}
	return s, New(s, Sources{
		SQL: map[site.Role]SQL{site.Primary: g}, Knock: map[site.Role]Knocker{site.Primary: g}, Outlook: g, Clock: clock,
	}, time.Now)
}

// verdict gives the first snapshot with a verdict on the primary, and how long
// it took.
func verdict(t *testing.T, p *Prober, want status.Verdict, longest time.Duration) (took time.Duration) {
	t.Helper()
	began := time.Now()
	for _, s := range watch(t, p, longest) {
		if n := s.Node(site.Primary); n.Life.Verdict == want {
			return s.Taken.Sub(began)
		}
	}
	t.Fatalf("%s within %s", want, longest)
	return 0
}

func TestAVerdictIsThereTwelveSecondsAfterTheFirstLook(t *testing.T) {
	for name, c := range map[string]struct {
		here, there fault.Reach
		slow        time.Duration // of the second place
		least, most time.Duration
	}{
		"nobody answers the SYN": {fault.NoAnswer, fault.NoAnswer, 0, 8 * time.Second, 12 * time.Second},
		"no route":               {fault.NoRoute, fault.NoAnswer, 0, 8 * time.Second, 12 * time.Second},
		"the second place takes five seconds to start": {fault.NoAnswer, fault.NoAnswer, 5 * time.Second, 8 * time.Second, 12 * time.Second},
		"refused, which a restart is too":              {fault.Closed, fault.Closed, time.Second, 30 * time.Second, 36 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &gatekeeper{reach: c.here, there: c.there, slow: c.slow}
				_, p := guarded(g, nil)
				took := verdict(t, p, status.Dead, time.Minute)
				require.GreaterOrEqual(t, took, c.least)
				require.LessOrEqual(t, took, c.most)
				for i := 1; i < len(g.asked); i++ {
					require.GreaterOrEqual(t, g.asked[i].Sub(g.asked[i-1]), outlookPace, "the second place is not asked all the time")
				}
			})
		})
	}
}

func TestAClockThatRunsFasterBringsTheVerdictSooner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, p := guarded(&gatekeeper{reach: fault.NoAnswer, there: fault.Closed}, sixtyTimes{time.Now()})
		require.Less(t, verdict(t, p, status.Dead, time.Minute), time.Second)
	})
}

// sixtyTimes is the clock of a rehearsal.
type sixtyTimes struct{ began time.Time }

func (c sixtyTimes) Now() time.Time { return c.began.Add(60 * time.Since(c.began)) }

func (sixtyTimes) Wait(ctx context.Context, d time.Duration) error { return wall{}.Wait(ctx, d/60) }

// A restart, a blip, a partition, and a second place that is away: none of them
// is ever a death.
func TestWhatIsNoDeath(t *testing.T) {
	for name, course := range map[string]func(*gatekeeper){
		"the service restarts": func(g *gatekeeper) {
			g.set(func(g *gatekeeper) { g.reach, g.there = fault.Closed, fault.Closed })
			time.Sleep(10 * time.Second)
			g.set(func(g *gatekeeper) { g.reach, g.there = "", fault.Accepted })
		},
		"the network blinks every five seconds": func(g *gatekeeper) {
			for range 15 {
				g.set(func(g *gatekeeper) { g.reach, g.there = fault.NoAnswer, fault.NoAnswer })
				time.Sleep(5 * time.Second)
				g.set(func(g *gatekeeper) { g.reach = "" })
				time.Sleep(4 * time.Second)
			}
		},
		"the console is cut off": func(g *gatekeeper) {
			g.set(func(g *gatekeeper) { g.reach, g.there = fault.NoAnswer, fault.Accepted })
		},
		"the second place is away": func(g *gatekeeper) {
			g.set(func(g *gatekeeper) { g.reach, g.away = fault.NoAnswer, true })
		},
		"it hangs": func(g *gatekeeper) {
			g.set(func(g *gatekeeper) { g.reach, g.there = fault.Accepted, fault.NoAnswer })
		},
		// It ends a second before the test does: what stays silent at last is dead.
		"refusals and silence by turns": func(g *gatekeeper) {
			for range 19 {
				g.set(func(g *gatekeeper) { g.reach, g.there = fault.Closed, fault.Closed })
				time.Sleep(6 * time.Second)
				g.set(func(g *gatekeeper) { g.reach = fault.NoAnswer })
				time.Sleep(6 * time.Second)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &gatekeeper{there: fault.Accepted}
				_, p := guarded(g, nil)
				time.AfterFunc(20*time.Second, func() { course(g) })
				for _, s := range watch(t, p, 4*time.Minute+9*time.Second) {
					n := s.Node(site.Primary)
					require.NotEqual(t, status.Dead, n.Life.Verdict, "%v", n.Life.Because)
				}
			})
		})
	}
}

func TestAServerThatComesBackIsPolledAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gatekeeper{reach: fault.NoAnswer, there: fault.NoAnswer}
		_, p := guarded(g, nil)
		time.AfterFunc(2*time.Minute, func() { g.set(func(g *gatekeeper) { g.reach = "" }) })
		began := time.Now()
		for _, s := range watch(t, p, 4*time.Minute) {
			if s.Node(site.Primary).Reachable {
				require.LessOrEqual(t, s.Taken.Sub(began), 2*time.Minute+longestKnock+late)
				return
			}
		}
		t.Fatal("it was not seen again")
	})
}

func TestTheSecondPlaceRemembersThatItHadAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gatekeeper{there: fault.Accepted}
		_, p := guarded(g, nil)
		time.AfterFunc(time.Minute, func() {
			g.set(func(g *gatekeeper) { g.reach, g.there = fault.NoAnswer, fault.NoAnswer })
		})
		seen := watch(t, p, 2*time.Minute)
		last := seen[len(seen)-1].Node(site.Primary)
		require.Equal(t, status.Dead, last.Life.Verdict)
		require.True(t, last.Second.Connected)
		require.Len(t, g.knocked[:1], 1)
		require.GreaterOrEqual(t, g.knocked[0].Sub(g.asked[0]), 40*time.Second, "it was asked once while the server answered, and nobody knocked")
	})
}

func TestALookIsAsLongAsAVerdictTakes(t *testing.T) {
	for name, c := range map[string]struct {
		g           *gatekeeper
		verdict     status.Verdict
		least, most time.Duration
	}{
		"all is well":                    {&gatekeeper{}, status.Alive, 0, time.Second},
		"nobody answers":                 {&gatekeeper{reach: fault.NoAnswer, there: fault.NoAnswer}, status.Dead, 8 * time.Second, 12 * time.Second},
		"nobody can be asked about it":   {&gatekeeper{reach: fault.NoAnswer, away: true}, status.LifeUnknown, 5 * time.Second, 12 * time.Second},
		"refused for longer than a look": {&gatekeeper{reach: fault.Closed, there: fault.Closed}, status.LifeUnknown, 12 * time.Second, 13 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, p := guarded(c.g, nil)
				began := time.Now()
				s := p.Look(t.Context(), 12*time.Second)
				require.Equal(t, c.verdict, s.Node(site.Primary).Life.Verdict)
				require.GreaterOrEqual(t, time.Since(began), c.least)
				require.LessOrEqual(t, time.Since(began), c.most)
			})
		})
	}
}
