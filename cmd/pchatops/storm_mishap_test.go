package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pchatops/ops/lab"
	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/world"
)

// mishap is something that befalls the site or a console. It either happens, or
// is the fate of the request at which it strikes.
type mishap struct {
	name string
	do   func(s *storm)
	fate func(s *storm) lab.Verdict
}

// lasting is a mishap that is there before the first console.
func lasting(r *rand.Rand) mishap {
	return one(r, fileMishap, fileMishap, staged, accessMishap, accessMishap, agentOff, primaryLives, intruders, slowness, wrongClock)
}

// passing is one that strikes in the middle of the work.
func passing(r *rand.Rand) mishap {
	return one(r, fateOf, fateOf, fateOf, linkTrouble, linkTrouble, powerLoss, primaryLives, fileMishap, staged, accessMishap, loginMishap, somebody, somebody)
}

func one(r *rand.Rand, kinds ...func(*rand.Rand) mishap) mishap { return kinds[r.IntN(len(kinds))](r) }

func choose[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// fateOf is what becomes of one request.
func fateOf(r *rand.Rand) mishap {
	f := choose(r, faults.CutBefore, faults.CutAfter, faults.CutMiddle, faults.StallBefore, faults.StallAfter, faults.Pass)
	d := time.Duration(1+r.IntN(400)) * time.Second
	name := [...]string{"slow request", "cut before", "cut after", "cut in the reply", "stalled before", "stalled after"}[f]
	return mishap{name: name, fate: func(s *storm) lab.Verdict {
		if f == faults.Pass {
			return lab.Verdict{Delay: d / 10}
		}
		return lab.Verdict{Fate: f, Release: s.until(d)}
	}}
}

// linkTrouble is the network of one server.
func linkTrouble(r *rand.Rand) mishap {
	node := choose(r, `SQL11\RTC`, `SQL11\RTC`, `SQL12\RTC`, "SQL11", "FE11", "FE11", `SQL01\RTC`)
	d := time.Duration(1+r.IntN(300)) * time.Second
	if r.IntN(2) == 0 {
		return mishap{name: "connections of " + node + " cut", do: func(s *storm) { s.lab.Link(node).Cut() }}
	}
	return mishap{name: node + " hangs", do: func(s *storm) {
		s.lab.Link(node).Hang(true)
		s.after(d, func() { s.lab.Link(node).Hang(false) })
	}}
}

// powerLoss takes a server of the surviving data centre away for a while.
func powerLoss(r *rand.Rand) mishap {
	target := choose(r, world.Secondary, world.Secondary, world.SecondaryMirror)
	d, how := time.Duration(5+r.IntN(300))*time.Second, choose(r, "refused", "silent", "deaf")
	return mishap{name: target + " loses its power and is " + how, do: func(s *storm) {
		s.performs("power", "target", target, "on", "false", "how", how)
		s.after(d, func() { s.note(s.lab.World().PowerOn(target)) })
	}}
}

// primaryLives brings data centre 1 back, or half of it, or behind a network
// that swallows what is sent.
func primaryLives(r *rand.Rand) mishap {
	target := choose(r, "dc1", "dc1", world.Primary, world.Mirror)
	hangs := r.IntN(3) == 0
	name := target + " comes back"
	if hangs {
		name += " and hangs"
	}
	return mishap{name: name, do: func(s *storm) {
		s.note(s.lab.World().PowerOn(target))
		for _, node := range []string{`SQL01\RTC`, `SQL02\RTC`} {
			if hangs {
				s.lab.Link(node).Hang(true)
			}
		}
	}}
}

// loginMishap takes the console's login away, or its rights, for a while.
func loginMishap(r *rand.Rand) mishap {
	instance := choose(r, world.Secondary, world.Secondary, world.SecondaryMirror, world.Primary)
	what := choose(r, "enabled", "sysadmin")
	d := time.Duration(1+r.IntN(300)) * time.Second
	return mishap{name: fmt.Sprintf("the login on %s is not %s for a while", instance, what), do: func(s *storm) {
		s.performs("login", "instance", instance, "name", "sa", what, "false")
		s.after(d, func() { s.performs("login", "instance", instance, "name", "sa", what, "true") })
	}}
}

// wrongClock sets the clock of one server wrong.
func wrongClock(r *rand.Rand) mishap {
	target, by := choose(r, "SQL01", "SQL11", "FE11"), time.Duration(r.IntN(2*48)-48)*time.Hour
	return mishap{name: fmt.Sprintf("the clock of %s is %v off", target, by), do: func(s *storm) {
		if target == "SQL01" {
			s.undoes() // log shipping goes by names: until the clock has passed them, it copies nothing
		}
		s.performs("skew", "target", target, "by", by.String())
	}}
}

// staged does to a backup what the scenario files can.
func staged(r *rand.Rand) mishap {
	folder := choose(r, "share", "copy")
	do := choose(r, "header", "newer", "encrypt", "deny", "in-use", "incomplete", "stripe", "strange", "tail", "replace", "append")
	name, file := fmt.Sprintf("pending+%d", r.IntN(3)), world.Share
	if folder == "copy" {
		name, file = "pending", world.Folder
	}
	with := []string{"do", do, "folder", folder, "name", name}
	switch do {
	case "tail":
		with[5] = "last words.trn"
	case "stripe":
		with = append(with, "files", "3")
	case "append":
		with = append(with, "with", "newest")
	}
	return mishap{name: fmt.Sprintf("%s: %s of %s", do, name, file), do: func(s *storm) {
		s.undoes()
		s.keepFolder(file)
		s.performs("file", with...)
	}}
}

func agentOff(*rand.Rand) mishap {
	return mishap{name: "the Agent of the secondary stops", do: func(s *storm) { s.lab.World().StopAgent(world.Secondary) }}
}

func intruders(r *rand.Rand) mishap {
	sessions, returns := 1+r.IntN(4), r.IntN(3)
	return mishap{name: "sessions in the way", do: func(s *storm) {
		s.lab.World().Intrude(world.Secondary, world.Database, "Lync Server Persistent Chat", sessions, returns)
	}}
}

func slowness(r *rand.Rand) mishap {
	if r.IntN(2) == 0 {
		return mishap{name: "restores are slow", do: func(s *storm) { s.lab.World().SetSlow(20) }}
	}
	return mishap{name: "a long way to the site", do: func(s *storm) {
		for _, node := range stormNodes {
			s.lab.Link(node).SetDelay(40 * time.Millisecond)
		}
	}}
}

// stormNodes are the servers whose networks a storm touches.
var stormNodes = []string{`SQL01\RTC`, `SQL02\RTC`, `SQL11\RTC`, `SQL12\RTC`, "SQL11", "SQL12", "FE01", "FE11"}

// accessMishap takes a share, a folder or a disk away, for a while or for good.
func accessMishap(r *rand.Rand) mishap {
	m := choose(r,
		mishap{name: "the share is offline", do: func(s *storm) { s.lab.World().SetShareOffline(true) }},
		mishap{name: "the share is denied", do: func(s *storm) { s.lab.World().SetShareDenied(true) }},
		denied(world.Engine, world.Folder, world.Denied), denied(world.Engine, world.Folder, world.ReadOnly),
		denied(world.Engine, world.Share, world.Denied), denied(world.Agent, world.Share, world.NoLogon),
		mishap{name: "the disk of the secondary is full", do: func(s *storm) { s.lab.World().SetDiskFull("SQL11", true) }},
	)
	if r.IntN(2) == 0 {
		return m
	}
	d := time.Duration(1+r.IntN(600)) * time.Second
	return mishap{name: m.name + " for a while", do: func(s *storm) {
		m.do(s)
		s.after(d, s.openDoors)
	}}
}

func denied(who world.Service, folder string, how world.Access) mishap {
	return mishap{name: fmt.Sprintf("the %s of the secondary finds %s %s", who, folder, how), do: func(s *storm) {
		s.note(s.lab.World().SetAccess(world.Secondary, who, folder, how))
	}}
}

// fileMishap spoils, hides or adds a backup.
func fileMishap(r *rand.Rand) mishap {
	folder := choose(r, world.Share, world.Folder)
	back := r.IntN(5) // from the newest
	how := choose(r, "damage", "truncate", "garble", "remove", "future copy", "twin", "foreign", "future foreign", "by hand")
	return mishap{name: fmt.Sprintf("%s: backup %d from the end of %s", how, back, folder), do: func(s *storm) {
		s.undoes()
		w := s.lab.World()
		names, err := w.Backups(folder)
		s.note(err)
		if len(names) <= back {
			return
		}
		name := names[len(names)-1-back]
		switch how {
		case "damage":
			s.spoil(folder, name)
			s.note(w.Damage(folder, name))
		case "truncate":
			s.spoil(folder, name)
			s.note(w.Truncate(folder, name, 0.5))
		case "garble":
			s.spoil(folder, name)
			s.note(w.Garble(folder, name))
		case "remove":
			if folder == world.Share && back == 0 {
				return // nobody who looks later can know that there was one more
			}
			s.spoil(folder, name)
			s.note(w.Remove(folder, name))
		case "future copy":
			s.note(w.Duplicate(folder, name, "mgc_20271225000000.trn"))
		case "by hand":
			s.note(w.Duplicate(folder, name, "tail taken by hand.trn"))
		case "twin": // same name, same length, other content
			b := s.spoil(folder, name)
			s.note(os.WriteFile(filepath.Join(s.folder(folder), name), []byte(strings.Repeat("x", len(b))), 0o644))
		case "foreign":
			_, err := w.Foreign(folder, w.Now().Add(-10*time.Minute))
			s.note(err)
		case "future foreign":
			_, err := w.Foreign(folder, w.Now().Add(400*24*time.Hour))
			s.note(err)
		}
	}}
}

// somebody does at another program what the console would, or should not.
func somebody(r *rand.Rand) mishap {
	return choose(r,
		person("restores the next backup", func(s *storm) {
			if next := s.lab.World().Truth().ToApply; len(next) > 0 {
				s.tsql(world.Secondary, fmt.Sprintf(`RESTORE LOG [mgc] FROM DISK = N'%s\%s' WITH NORECOVERY`, world.Folder, next[0]))
			}
		}),
		person("recovers the database", func(s *storm) {
			s.recovered.Store(true)
			s.undoes()
			s.tsql(world.Secondary, "RESTORE DATABASE [mgc] WITH RECOVERY")
		}),
		person("removes log shipping", func(s *storm) {
			s.undoes()
			s.tsql(world.Secondary, "EXEC master.dbo.sp_delete_log_shipping_secondary_database @secondary_database = N'mgc'")
		}),
		person("fails the pool over", func(s *storm) {
			s.undoes()
			s.note(s.lab.World().SetPoolState("PersistentChatServer:"+world.PoolFQDN, "FailedOver"))
		}),
		person("starts the Agent of the secondary", func(s *storm) { s.lab.World().StartAgent(world.Secondary) }),
		person("ends the console's sessions", func(s *storm) { s.lab.Link(`SQL11\RTC`).Cut() }),
	)
}

func person(name string, do func(*storm)) mishap { return mishap{name: "somebody " + name, do: do} }

// consoleTrouble is what becomes of a console itself.
func consoleTrouble(r *rand.Rand, i int) mishap {
	d := time.Duration(1+r.IntN(400)) * time.Second
	return choose(r,
		mishap{name: fmt.Sprintf("console %d is killed", i+1), do: func(s *storm) { s.consoles[i].kill() }},
		mishap{name: fmt.Sprintf("console %d is killed", i+1), do: func(s *storm) { s.consoles[i].kill() }},
		mishap{name: fmt.Sprintf("console %d is stopped", i+1), do: func(s *storm) { s.consoles[i].stop(d) }},
		mishap{name: fmt.Sprintf("console %d is off the network", i+1), do: func(s *storm) { s.consoles[i].away(d) }},
	)
}
