package status

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// chatting is the healthy site with its chat server at work.
func chatting() *Snapshot {
	s := healthy()
	s.Node(site.Primary).Facts.Clients = []string{"CHAT01"}
	return s
}

// lose lets nodes fall silent, dead or not known to be.
func lose(s *Snapshot, v Verdict, roles ...site.Role) {
	for _, r := range roles {
		n := s.Node(r)
		n.Reachable, n.Err, n.Silent, n.Life.Verdict = false, &fault.Error{Class: fault.Unreachable}, now.Add(-time.Minute), v
	}
}

// tookOver is data centre 2 in service, with who works with its database.
func tookOver(clients ...string) *Snapshot {
	s := failedOver()
	lose(s, Dead, site.Primary, site.Mirror)
	s.Node(site.Secondary).Facts.Clients = append([]string{}, clients...)
	return s
}

func TestWhetherPeopleCanChat(t *testing.T) {
	noPool := func(s *Snapshot) *Snapshot {
		s.Pool.Err = &fault.Error{Class: fault.Unreachable}
		return s
	}
	with := func(s *Snapshot, change func(*Snapshot)) *Snapshot {
		change(s)
		return s
	}
	for name, c := range map[string]struct {
		s    *Snapshot
		want Chatting
		says string
	}{
		"a chat server works with the primary": {chatting(), ChatUp, "chat01.litwareinc.com works with the database on SQL01"},
		"its name is written otherwise": {with(chatting(), func(s *Snapshot) {
			s.Node(site.Primary).Facts.Clients = []string{"chat01   "}
		}), ChatUp, ""},
		"only others work with it": {with(chatting(), func(s *Snapshot) {
			s.Node(site.Primary).Facts.Clients = []string{"RPT01", "CHAT11", "CHAT011"}
		}), ChatDown, "no active chat server works with the database on SQL01"},
		"nobody does": {with(chatting(), func(s *Snapshot) { s.Node(site.Primary).Facts.Clients = []string{} }), ChatDown, ""},
		"the server does not say who does": {with(chatting(), func(s *Snapshot) {
			s.Node(site.Primary).Facts.Clients = nil
		}), ChatUnknown, "does not tell who works"},
		"the mirror took over": {with(chatting(), func(s *Snapshot) {
			lose(s, Dead, site.Primary)
			s.Node(site.Mirror).Facts.Database.State, s.Node(site.Mirror).Facts.Clients = "ONLINE", []string{"CHAT01"}
		}), ChatUp, ""},
		"no chat server is active": {with(chatting(), func(s *Snapshot) {
			s.Pool.Active, s.Node(site.Primary).Facts.Clients = nil, []string{}
		}), ChatDown, "no active chat server"},
		"data centre 1 is dead":              {with(chatting(), func(s *Snapshot) { lose(s, Dead, site.Primary, site.Mirror) }), ChatDown, "the pool state is Normal"},
		"it is silent, and perhaps not dead": {with(chatting(), func(s *Snapshot) { lose(s, LifeUnknown, site.Primary, site.Mirror) }), ChatUnknown, `whether SQL01\RTC serves`},
		"only the mirror's death is sure":    {with(chatting(), func(s *Snapshot) { lose(s, Dead, site.Mirror); lose(s, LifeUnknown, site.Primary) }), ChatUnknown, ""},
		"nobody tells of the pool, all are dead": {noPool(with(chatting(), func(s *Snapshot) {
			lose(s, Dead, site.Primary, site.Mirror)
		})), ChatDown, "no instance serves"},
		"nobody tells of the pool, one lives": {noPool(with(chatting(), func(s *Snapshot) {
			s.Node(site.Primary).Facts.Clients = []string{}
		})), ChatDown, "no session that may be a chat server's"},
		"nobody tells of the pool, one lives and does not say who works with it": {noPool(with(chatting(), func(s *Snapshot) {
			s.Node(site.Primary).Facts.Clients = nil
		})), ChatUnknown, "does not tell which database"},
		"nobody tells of the pool, and somebody works with it": {noPool(with(chatting(), func(s *Snapshot) {
			s.Node(site.Primary).Facts.Clients = []string{"CHAT99"}
		})), ChatUnknown, "does not tell which database"},
		"nobody tells of the pool, one may live": {noPool(with(tookOver(), func(s *Snapshot) {
			lose(s, LifeUnknown, site.Primary)
		})), ChatUnknown, "does not tell which database"},
		"the host that told of the pool went, too":            {noPool(tookOver()), ChatDown, `SQL11\RTC ONLINE`},
		"nobody tells of the pool, and a chat server is seen": {noPool(chatting()), ChatUp, ""},
		"the new primary is up, the pool points at the old": {with(tookOver(), func(s *Snapshot) {
			s.Pool.State = "Normal"
		}), ChatDown, "the pool state is Normal"},
		"the pool points at the new, nobody is there yet": {tookOver(), ChatDown, `on SQL11\RTC`},
		"those of data centre 1 are still the active ones": {with(tookOver("CHAT11"), func(s *Snapshot) {
			s.Pool.Active = []string{"chat01.litwareinc.com"}
		}), ChatDown, ""},
		"data centre 2 has taken over": {tookOver("SQL11", "CHAT11"), ChatUp, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ChatOf(Chat{}, c.s, litware(), now)
			require.Equal(t, c.want, got.State, got.Why)
			require.Contains(t, got.Why, c.says)
			c.s.Chat = got
			found := codes(Diagnose(c.s, litware(), now))
			for state, code := range map[Chatting]string{ChatDown: "chat-down", ChatUnknown: "chat-unknown"} {
				if state == c.want {
					require.Contains(t, found, code)
				} else {
					require.NotContains(t, found, code)
				}
			}
		})
	}
}

func TestSinceWhenChatIsDown(t *testing.T) {
	at := func(s *Snapshot, d time.Duration, before Chat) Chat {
		for i := range s.Nodes {
			if n := &s.Nodes[i]; n.Reachable {
				n.Answered = now.Add(d)
			}
		}
		s.Pool.Answered = now.Add(d)
		return ChatOf(before, s, litware(), now.Add(d))
	}
	quiet := func() *Snapshot {
		s := chatting()
		s.Node(site.Primary).Facts.Clients = []string{}
		return s
	}
	c := at(chatting(), 0, Chat{})
	require.Equal(t, ChatUp, c.State)
	c = at(chatting(), time.Minute, c)
	require.Equal(t, now, c.Since)
	c = at(quiet(), time.Minute+5*time.Second, c)
	require.Equal(t, ChatUnknown, c.State, "chat servers may only connect anew")
	c = at(quiet(), time.Minute+10*time.Second, c)
	require.Equal(t, ChatDown, c.State)
	require.Equal(t, now.Add(time.Minute), c.Since, "when it was last seen")
	require.False(t, c.Least)
	c = at(tookOver("CHAT11"), 10*time.Minute, c)
	require.Equal(t, ChatUp, c.State)
	require.Equal(t, now.Add(10*time.Minute), c.Since)

	c = ChatOf(Chat{}, tookOver(), litware(), now)
	require.Equal(t, now.Add(-time.Minute), c.Since, "when the last of the old ones fell silent")
	require.True(t, c.Least)

	require.Empty(t, ChatOf(Chat{}, &Snapshot{}, litware(), now), "nobody was asked yet")
}

// What brings the chat back is what is open: no failover where the database is
// online in data centre 2 already.
func TestWhatBringsTheChatBackIsWhatIsOpen(t *testing.T) {
	for name, c := range map[string]struct {
		pool, database, active string
		do                     string
	}{
		"data centre 1 is lost":            {"Normal", "RESTORING", "chat11", "else the failover"},
		"the database is recovered":        {"Normal", "ONLINE", "chat01", `ONLINE on SQL11\RTC: go on with the failover, so that the chat servers use it: F5 and F7 are open`},
		"its chat servers are active":      {"Normal", "ONLINE", "chat11", "F5 is open"},
		"the pool has failed over":         {"FailedOver", "ONLINE", "chat01", "F7 is open"},
		"no chat server is active":         {"FailedOver", "ONLINE", "", "F7 is open"},
		"the failover is over":             {"FailedOver", "ONLINE", "chat11", `see to the active chat servers`},
		"nobody tells of the pool":         {"", "ONLINE", "", "whether F5 and F7 are open is not known"},
		"what is known of the pool is old": {"old", "ONLINE", "", "whether F5 and F7 are open is not known"},
	} {
		s := tookOver()
		s.Pool.State, s.Node(site.Secondary).Facts.Database.State = c.pool, c.database
		s.Pool.Active = nil
		if c.active != "" {
			s.Pool.Active = []string{c.active + ".litwareinc.com"}
		}
		switch c.pool {
		case "":
			s.Pool.Err = &fault.Error{Class: fault.Unreachable}
		case "old":
			s.Pool.State, s.Pool.Answered = "FailedOver", now.Add(-time.Hour)
		}
		v := &view{Snapshot: s, site: watched(), now: now}
		require.Contains(t, v.bringingBack().do, c.do, name)
	}
}

// Once the secondary is live, the finding names the steps that are open, and no
// others.
func TestWhatIsOpenOfAFailoverIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Snapshot, *site.Site)
		do     string
	}{
		"nothing is":              {func(*Snapshot, *site.Site) {}, "once the first data centre is rebuilt, fail back"},
		"the mirror alone":        {func(s *Snapshot, _ *site.Site) { s.Node(site.Secondary).Facts.Mirroring = Mirroring{} }, "finish the failover: F6 is open; once"},
		"the mirror gets nothing": {func(s *Snapshot, _ *site.Site) { s.Node(site.Secondary).Facts.Mirroring.State = "SUSPENDED" }, "finish the failover: F6 is open; once"},
		"the mirror is behind":    {func(s *Snapshot, _ *site.Site) { s.Node(site.Secondary).Facts.Mirroring.State = "SYNCHRONIZING" }, "once the first"},
		"there is to be no mirror": {func(s *Snapshot, e *site.Site) {
			s.Node(site.Secondary).Facts.Mirroring, e.Instances = Mirroring{}, e.Instances[:4]
		}, "once the first"},
		"the mirror is not told": {func(s *Snapshot, _ *site.Site) {
			f := &s.Node(site.Secondary).Facts
			f.Mirroring, f.Sysadmin = Mirroring{}, false
		}, "finish the failover: whether F6 is open is not known; once"},
		"all of it": {func(s *Snapshot, _ *site.Site) {
			s.Node(site.Secondary).Facts.Mirroring = Mirroring{}
			s.Pool.State, s.Pool.Active = "Normal", []string{"chat01.litwareinc.com"}
		}, "finish the failover: F5, F7 and F6 are open; once"},
		"the pool is not told": {func(s *Snapshot, _ *site.Site) {
			s.Node(site.Secondary).Facts.Mirroring = Mirroring{}
			s.Pool = Pool{FQDN: s.Pool.FQDN, Err: &fault.Error{Class: fault.Unreachable}}
		}, "finish the failover: F6 is open; whether F5 and F7 are open is not known; once"},
	} {
		s, estate := failedOver(), litware()
		c.change(s, estate)
		found := Diagnose(s, estate, now)
		i := slices.IndexFunc(found, func(f Finding) bool { return f.Code == "secondary-online" })
		require.GreaterOrEqual(t, i, 0, name)
		require.True(t, strings.HasPrefix(found[i].Do, c.do), "%s: %s", name, found[i].Do)
	}
}
