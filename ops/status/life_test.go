package status

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// watched is the site of the tests with a Windows host beside the secondary.
func watched() *site.Site {
	s := litware()
	s.Hosts = []site.Host{{Role: site.Secondary, Name: "SQL11", DataCentre: "dc2"}}
	s.DeadAfter = site.DeadAfter{Silent: 8 * time.Second, Refused: 30 * time.Second, Attempts: 3}
	return s
}

// seenFor is n attempts with one end, over some time until a second ago.
func seenFor(r fault.Reach, lasted time.Duration, n int) Sight {
	last := now.Add(-time.Second)
	return Sight{Reach: r, First: last.Add(-lasted), Last: last, Lasted: lasted, Attempts: n}
}

// looked is what the second place saw just now.
func looked(s Sight) Second {
	return Second{Place: "SQL11", Asked: now.Add(-2 * time.Second), Sight: s, Connected: true}
}

// unheard is the healthy site whose primary and mirror are silent, the primary
// as told.
func unheard(here Sight, there Second) *Snapshot {
	s := healthy()
	for _, r := range []site.Role{site.Primary, site.Mirror, site.Witness} {
		n := s.Node(r)
		n.Reachable, n.Silent, n.Failures, n.Answered = false, here.First, here.Attempts, here.First.Add(-poll)
		n.Err = &fault.Error{Class: fault.Unreachable, Reach: here.Reach}
	}
	p := s.Node(site.Primary)
	p.Sight, p.Second = here, there
	return s
}

func TestWhatItTakesToBeDead(t *testing.T) {
	silent, refused := seenFor(fault.NoAnswer, 9*time.Second, 3), seenFor(fault.Closed, 31*time.Second, 3)
	one := seenFor(fault.NoAnswer, 3*time.Second, 1)
	for name, c := range map[string]struct {
		here    Sight
		there   Second
		verdict Verdict
		forming bool
		says    string // in what it lacks
	}{
		"no answer to SYN for 8 s, and from both places":   {silent, looked(one), Dead, false, ""},
		"no route, and no answer from the second place":    {seenFor(fault.NoRoute, 8*time.Second, 3), looked(one), Dead, false, ""},
		"no answer here, no route from the second place":   {silent, looked(seenFor(fault.NoRoute, 0, 1)), Dead, false, ""},
		"refused for 30 s, and from both places":           {refused, looked(refused), Dead, false, ""},
		"refused here for 30 s, silent there":              {refused, looked(one), Dead, false, ""},
		"no answer for less than 8 s":                      {seenFor(fault.NoAnswer, 7*time.Second, 3), looked(one), LifeUnknown, true, "8s are wanted"},
		"no answer for 8 s in two attempts":                {seenFor(fault.NoAnswer, 9*time.Second, 2), looked(one), LifeUnknown, true, "3 attempts are wanted"},
		"refused for 29 s":                                 {seenFor(fault.Closed, 29*time.Second, 9), looked(refused), LifeUnknown, true, "a restart looks the same"},
		"refused for 30 s in two attempts":                 {seenFor(fault.Closed, 31*time.Second, 2), looked(refused), LifeUnknown, true, "3 attempts are wanted"},
		"silent here, refused there for a moment":          {silent, looked(seenFor(fault.Closed, 9*time.Second, 3)), LifeUnknown, true, "SQL11: connection refused for 9s"},
		"silent here, connected there":                     {silent, looked(seenFor(fault.Accepted, 0, 1)), LifeUnknown, false, "SQL11 gets a connection to it"},
		"refused here, connected there":                    {refused, looked(seenFor(fault.Accepted, 0, 1)), LifeUnknown, false, "SQL11 gets a connection to it"},
		"the second place does not know the name":          {silent, looked(seenFor(fault.NoName, 0, 1)), LifeUnknown, false, "cannot resolve its name"},
		"the second place has not been heard":              {silent, Second{}, LifeUnknown, true, "has not said yet"},
		"the second place spoke before the silence":        {silent, Second{Place: "SQL11", Asked: now.Add(-time.Minute), Sight: one}, LifeUnknown, true, "has not said yet"},
		"the second place cannot be asked":                 {silent, Second{Asked: now.Add(-time.Second), Err: &fault.Error{Class: fault.Unreachable}}, LifeUnknown, false, "cannot be asked"},
		"it cannot be asked again, and spoke a moment ago": {silent, Second{Place: "SQL11", Asked: now.Add(-time.Second), Sight: one, Err: &fault.Error{Class: fault.Timeout}}, Dead, false, ""},
		"its name cannot be resolved":                      {seenFor(fault.NoName, time.Hour, 99), looked(one), LifeUnknown, false, "cannot be resolved"},
		"it accepts again, and was not asked since":        {Sight{Reach: fault.Opened, First: now.Add(-time.Second), Last: now, Attempts: 1}, looked(one), LifeUnknown, true, "has not been asked since"},
		"it accepts and is silent":                         {seenFor(fault.Accepted, time.Hour, 99), looked(one), LifeUnknown, false, "accepts connections"},
		"its TLS is not understood":                        {seenFor(fault.NotUnderstood, time.Hour, 99), looked(one), LifeUnknown, false, "accepts connections"},
		"it refuses the login":                             {seenFor(fault.TurnedAway, time.Hour, 99), looked(one), LifeUnknown, false, "accepts connections"},
		"it answers no query":                              {seenFor(fault.LoggedIn, time.Hour, 99), looked(one), LifeUnknown, false, "accepts connections"},
		"nobody knows how far it came":                     {Sight{}, looked(one), LifeUnknown, false, "could not even try"},
	} {
		s := unheard(c.here, c.there)
		l := LifeOf(s, s.Node(site.Primary), watched(), now)
		require.Equal(t, c.verdict, l.Verdict, name)
		require.Equal(t, c.forming, l.Forming, name)
		require.Contains(t, l.Lacks, c.says, name)
		require.Equal(t, strings.Contains(c.says, "gets a connection"), l.Disputed, name)
		require.NotEmpty(t, l.Because, name)
	}
}

// What was called off before it came to an end is no attempt that failed.
func TestAnAttemptThatHasNotEndedSaysNothing(t *testing.T) {
	for name, err := range map[string]*fault.Error{
		"nobody has tried yet":                {},
		"another one held the turn":           {Class: fault.Unreachable, Cause: context.DeadlineExceeded},
		"the console was asked to leave over": {Class: fault.Unreachable, Cause: context.Canceled},
	} {
		s := unheard(Sight{}, Second{})
		n := s.Node(site.Primary)
		n.Asked, n.Err = now.Add(-time.Second), err
		if err.Class == "" {
			n.Err = nil
		}
		l := LifeOf(s, n, watched(), now)
		require.Equal(t, "no attempt to connect has come to an end yet", l.Lacks, name)
		require.True(t, l.Forming, name)
	}
}

// A sentence tells of one attempt, not of two that ended differently.
func TestWhatTheConsoleSeesIsOfOneAttempt(t *testing.T) {
	for reach, told := range map[fault.Reach]bool{fault.Closed: false, fault.NoAnswer: false, fault.TurnedAway: true, fault.Accepted: true, "": true} {
		s := unheard(seenFor(fault.Opened, 3*time.Second, 2), Second{})
		n := s.Node(site.Primary)
		n.Err = &fault.Error{Class: fault.Unreachable, Reach: reach, Text: "what it came to"}
		because := LifeOf(s, n, watched(), now).Because[0]
		require.Contains(t, because, "the connection is accepted")
		require.Equal(t, told, strings.Contains(because, "what it came to"), reach)
	}
}

func TestFromOnePlaceNobodyIsDead(t *testing.T) {
	estate := watched()
	estate.Hosts = []site.Host{{Role: site.Management, Name: "FE01", DataCentre: "dc1"}}
	s := unheard(seenFor(fault.NoAnswer, time.Hour, 99), Second{})
	l := LifeOf(s, s.Node(site.Primary), estate, now)
	require.Equal(t, LifeUnknown, l.Verdict)
	require.False(t, l.Forming, "waiting brings nothing")
	require.Contains(t, l.Lacks, "from one place a server that is cut off looks dead")
	s = unheard(seenFor(fault.NoAnswer, 3*time.Second, 1), Second{})
	require.Contains(t, LifeOf(s, s.Node(site.Primary), estate, now).Lacks, "no Windows host of the site file", "to wait for the eighth second brings nothing")
}

func TestAPartnerThatReportsItConnectedMakesItAlive(t *testing.T) {
	silent, one := seenFor(fault.NoAnswer, 9*time.Second, 3), seenFor(fault.NoAnswer, 3*time.Second, 1)
	mirror := func(state string, answered time.Duration) func(*Snapshot) {
		return func(s *Snapshot) {
			m := s.Node(site.Mirror)
			m.Reachable, m.Answered, m.Err, m.Sight = true, now.Add(-answered), nil, Sight{}
			m.Facts.Mirroring.State = state
		}
	}
	witness := func(w *Witness, unread ...string) func(*Snapshot) {
		return func(s *Snapshot) {
			n := s.Node(site.Witness)
			n.Reachable, n.Answered, n.Err, n.Facts.Witness, n.Facts.Unread = true, now.Add(-poll), nil, w, unread
		}
	}
	both := func(changes ...func(*Snapshot)) func(*Snapshot) {
		return func(s *Snapshot) {
			for _, c := range changes {
				c(s)
			}
		}
	}
	for name, c := range map[string]struct {
		change  func(*Snapshot)
		verdict Verdict
		forming bool
		says    string // in the reasons or in what it lacks
	}{
		"the mirror is synchronized with it":            {mirror("SYNCHRONIZED", poll), Alive, false, `SQL02\RTC: mirroring with it is SYNCHRONIZED, 2s ago`},
		"the mirror is synchronizing":                   {mirror("SYNCHRONIZING", poll), Alive, false, "SYNCHRONIZING"},
		"the mirror is disconnected":                    {mirror("DISCONNECTED", poll), Dead, false, "DISCONNECTED"},
		"the mirror said so before the silence":         {mirror("SYNCHRONIZED", 15*time.Second), LifeUnknown, true, "has not been asked since"},
		"a suspended session tells nothing":             {mirror("SUSPENDED", poll), LifeUnknown, false, "leaves open"},
		"a login without rights does not see the state": {both(mirror("DISCONNECTED", poll), func(s *Snapshot) { s.Node(site.Mirror).Facts.Sysadmin = false }), LifeUnknown, false, "not sysadmin"},
		"the mirror refuses the login":                  {func(s *Snapshot) { s.Node(site.Mirror).Err = &fault.Error{Class: fault.Login} }, LifeUnknown, false, "does not tell"},
		"two servers are connected to the witness":      {witness(&Witness{Connections: 2}), Alive, false, "2 servers of the pair are connected"},
		"one is, and it may be the primary":             {witness(&Witness{Connections: 1}), LifeUnknown, false, "does not tell of which"},
		"one is, and the mirror says that it is not the mirror": {both(mirror("DISCONNECTED", poll), witness(&Witness{Connections: 1}), func(s *Snapshot) {
			s.Node(site.Mirror).Facts.Mirroring.WitnessState = "DISCONNECTED"
		}), Alive, false, "1 server of the pair is connected"},
		"none is": {witness(&Witness{}), Dead, false, "0 servers of the pair are connected"},
		"one is, and the mirror says that it is the mirror":   {both(mirror("DISCONNECTED", poll), witness(&Witness{Connections: 1})), Dead, false, "1 server of the pair is connected to it"},
		"two are, and the mirror is one of them":              {both(mirror("DISCONNECTED", poll), witness(&Witness{Connections: 2})), Alive, false, "2 servers"},
		"the witness does not tell":                           {witness(nil, "witness: 229 denied"), LifeUnknown, false, "does not tell which servers"},
		"the witness watches no such pair any more":           {witness(nil), Dead, false, ""},
		"the witness refuses the login, and so does not tell": {func(s *Snapshot) { s.Node(site.Witness).Err = &fault.Error{Class: fault.Login} }, LifeUnknown, false, "does not tell"},
		"nobody else answers":                                 {func(*Snapshot) {}, Dead, false, ""},
	} {
		s := unheard(silent, looked(one))
		c.change(s)
		l := LifeOf(s, s.Node(site.Primary), watched(), now)
		require.Equal(t, c.verdict, l.Verdict, "%s: %s", name, l.Lacks)
		require.Equal(t, c.forming, l.Forming, name)
		require.Contains(t, strings.Join(append(l.Because, l.Lacks), "; "), c.says, name)
	}
}

func TestWhoAnswersIsAlive(t *testing.T) {
	s := healthy()
	for i := range s.Nodes {
		l := LifeOf(s, &s.Nodes[i], watched(), now)
		require.Equal(t, Alive, l.Verdict)
		require.Equal(t, []string{"the console: it answered 2s ago"}, l.Because)
	}
	l := LifeOf(s, s.Node(site.Primary), watched(), now.Add(time.Minute))
	require.Equal(t, LifeUnknown, l.Verdict, "an old answer proves nothing")
}

func TestTheReasonsSayWhoSawWhatWhenAndWhatLooksTheSame(t *testing.T) {
	second := looked(seenFor(fault.NoAnswer, 3*time.Second, 1))
	second.Connected = false
	s := unheard(seenFor(fault.NoAnswer, 9*time.Second, 3), second)
	require.Equal(t, []string{
		"the console: no answer to SYN, 3 attempts in 9s, last 1s ago",
		"SQL11: no answer to SYN, 1 attempt in 3s, last 1s ago; it never had a connection to it, so a firewall may look the same",
	}, LifeOf(s, s.Node(site.Primary), watched(), now).Because)
}

// at is an attempt from one second of the silence to another.
func at(r fault.Reach, from, to int) Attempt {
	began, end := now.Add(time.Duration(from)*time.Second), now.Add(time.Duration(to)*time.Second)
	return Attempt{Reach: r, Began: began, End: end, On: began, Off: end}
}

func TestASilenceEndsWhenSomethingElseIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		attempts []Attempt
		reach    fault.Reach
		lasted   time.Duration
		n        int
	}{
		"the same again and again":                   {[]Attempt{at(fault.NoAnswer, 0, 3), at(fault.NoAnswer, 3, 6), at(fault.NoAnswer, 6, 9)}, fault.NoAnswer, 9 * time.Second, 3},
		"no route is silence too":                    {[]Attempt{at(fault.NoAnswer, 0, 3), at(fault.NoRoute, 3, 4)}, fault.NoRoute, 4 * time.Second, 2},
		"a refusal ends it":                          {[]Attempt{at(fault.NoAnswer, 0, 3), at(fault.Closed, 3, 4)}, fault.Closed, time.Second, 1},
		"an accepted connection ends it":             {[]Attempt{at(fault.NoAnswer, 0, 3), at(fault.Accepted, 3, 4), at(fault.NoAnswer, 5, 8)}, fault.NoAnswer, 3 * time.Second, 1},
		"what began before tells of an earlier time": {[]Attempt{at(fault.NoAnswer, 1, 4), at(fault.LoggedIn, 0, 5)}, fault.NoAnswer, 3 * time.Second, 1},
		"the same that began before makes it longer": {[]Attempt{at(fault.NoAnswer, 1, 4), at(fault.NoAnswer, 0, 5)}, fault.NoAnswer, 5 * time.Second, 2},
		"an attempt of which nothing is known":       {[]Attempt{at(fault.NoAnswer, 0, 3), at("", 3, 6)}, fault.NoAnswer, 3 * time.Second, 1},
	} {
		var s Sight
		for _, a := range c.attempts {
			s = s.With(a)
		}
		require.Equal(t, c.reach, s.Reach, name)
		require.Equal(t, c.lasted, s.Lasted, name)
		require.Equal(t, c.n, s.Attempts, name)
	}
}

func TestTheSecondPlaceSpeaksOfThisSilenceOnly(t *testing.T) {
	var n Node
	n.Missed(at(fault.Closed, 0, 1))
	n.Reported("SQL11", at(fault.Closed, 0, 2), nil)
	n.Answered = now.Add(3 * time.Second)
	n.Answers()
	n.Missed(at(fault.Closed, 60, 61))
	n.Reported("SQL11", at(fault.Closed, 60, 62), nil)
	require.Equal(t, 2*time.Second, n.Second.Sight.Lasted)

	n.Missed(at(fault.NoAnswer, 63, 66))
	require.Zero(t, n.Second.Sight, "what it saw of the refusals says nothing of the silence")
	n.Answered = now.Add(70 * time.Second)
	n.Answers()
	n.Knocked(at(fault.NoAnswer, 68, 71))
	require.Zero(t, n.Sight, "an answer came after it")
}

// Between two silences the second place may answer a question about the first.
// It has not spoken of the new one; asked again, it will.
func TestWhatTheSecondPlaceSaidOfAnEarlierSilenceIsNoAnswer(t *testing.T) {
	s := unheard(Sight{}, Second{})
	n := s.Node(site.Primary)
	n.Missed(at(fault.Closed, -40, -39))
	n.Reported("SQL11", at(fault.Closed, -9, -9), nil)
	for k := -10; k < -1; k += 3 {
		n.Missed(at(fault.NoAnswer, k, k+3))
	}
	n.Asked = now
	l := LifeOf(s, n, watched(), now)
	require.Equal(t, LifeUnknown, l.Verdict)
	require.True(t, l.Forming)
	require.Contains(t, l.Lacks, "has not said yet what it sees")
	require.Len(t, l.Because, 1)
}

// What was never noted has no age: an age of the zero time is some 106,751 days.
func TestWhatHasNoTimeHasNoAge(t *testing.T) {
	unreachable := &fault.Error{Class: fault.Unreachable}
	failed := Job{ID: "1", Name: "LSBackup", Enabled: true, Outcome: "failed"}
	succeeded := Job{ID: "1", Name: "LSBackup", Enabled: true, Outcome: "succeeded"}
	primary := func(change func(*Node)) func(*Snapshot) {
		return func(s *Snapshot) { change(s.Node(site.Primary)) }
	}
	down := func(s Sight, there Second) func(*Snapshot) {
		return primary(func(n *Node) {
			n.Reachable, n.Answered, n.Silent, n.Asked = false, time.Time{}, time.Time{}, now
			n.Err, n.Sight, n.Second = unreachable, s, there
		})
	}
	silent := seenFor(fault.NoAnswer, 9*time.Second, 3)
	for name, change := range map[string]func(*Snapshot){
		"nothing was ever asked": func(s *Snapshot) {
			for i := range s.Nodes {
				s.Nodes[i] = Node{Role: s.Nodes[i].Role, Address: s.Nodes[i].Address}
			}
			s.Pool, s.Share = Pool{}, Share{}
		},
		"the last attempt could not even be made":     down(Sight{}, Second{}),
		"the second place saw nothing":                down(silent, Second{Place: "SQL11", Asked: now}),
		"the second place cannot be asked, and never": down(silent, Second{Asked: now, Err: unreachable}),
		"nobody noted when it was asked": primary(func(n *Node) {
			n.Reachable, n.Asked, n.Answered, n.Err = false, time.Time{}, time.Time{}, unreachable
		}),
		"it answered, and nobody noted when": primary(func(n *Node) { n.Answered = time.Time{} }),
		"a job that failed has no last run":  primary(func(n *Node) { n.Facts.Primary.BackupJob = failed }),
		"a job that succeeded has none": primary(func(n *Node) {
			n.Facts.Primary.BackupJob, n.Facts.Primary.BackupAge = succeeded, time.Hour
		}),
		"the restore job has no last run": func(s *Snapshot) {
			n := s.Node(site.Secondary)
			n.Facts.Secondary.RestoreJob, n.Facts.Secondary.RestoreAge = succeeded, time.Hour
		},
		"the share was read, and nobody noted when": func(s *Snapshot) { s.Share.Answered = time.Time{} },
		"the pool was read, and nobody noted when":  func(s *Snapshot) { s.Pool.Answered = time.Time{} },
	} {
		s, estate := healthy(), watched()
		change(s)
		var said []string
		for i := range s.Nodes {
			n := &s.Nodes[i]
			n.Life = LifeOf(s, n, estate, now)
			said = append(append(said, n.Life.Because...), n.Life.Lacks)
		}
		s.Chat = ChatOf(Chat{}, s, estate, now)
		said = append(said, s.Chat.Why, Measure(s, estate, now).Why)
		for _, f := range Diagnose(s, estate, now) {
			said = append(said, f.Why)
		}
		for _, text := range said {
			require.NotRegexp(t, `\d{5,}d|nothing is known`, text, name)
		}
	}
}

// Who was reached from anywhere since it fell silent may live; who cannot be asked any
// more has not taken that back.
func TestWhoHadWordOfASilentServerIsKnown(t *testing.T) {
	silent, one := seenFor(fault.NoAnswer, 9*time.Second, 3), seenFor(fault.NoAnswer, 3*time.Second, 1)
	open := seenFor(fault.Opened, 0, 1)
	away := looked(open)
	away.Err, away.Sight.Last = &fault.Error{Class: fault.Unreachable}, now.Add(-time.Minute)
	earlier := looked(open)
	earlier.Asked = now.Add(-time.Hour)
	pair := func(s *Snapshot) {
		n := s.Node(site.Witness)
		n.Reachable, n.Answered, n.Err, n.Facts.Witness = true, now.Add(-poll), nil, &Witness{Connections: 1}
	}
	for name, c := range map[string]struct {
		here     Sight
		there    Second
		change   func(*Snapshot)
		reached  string
		disputed bool
	}{
		"from the second place":                      {silent, looked(open), nil, "SQL11", true},
		"from there, and its name is unknown here":   {seenFor(fault.NoName, time.Hour, 99), looked(open), nil, "SQL11", true},
		"from there, which cannot be asked any more": {silent, away, nil, "SQL11", false},
		"from there, in an earlier silence":          {silent, earlier, nil, "", false},
		"from here, and it does not answer":          {seenFor(fault.Accepted, time.Hour, 99), looked(one), nil, "the console", false},
		"the witness is connected to one":            {silent, looked(one), pair, `SQL03\RTC`, false},
		"from nowhere":                               {silent, looked(one), nil, "", false},
		"from nowhere, and nobody can be asked":      {silent, Second{Asked: now, Err: &fault.Error{Class: fault.Unreachable}}, nil, "", false},
	} {
		s := unheard(c.here, c.there)
		if c.change != nil {
			c.change(s)
		}
		l := LifeOf(s, s.Node(site.Primary), watched(), now)
		require.Equal(t, c.reached, l.Reached, name)
		require.Equal(t, c.disputed, l.Disputed, name)
		require.True(t, l.Reached == "" || l.Verdict != Dead, name)
	}
}
