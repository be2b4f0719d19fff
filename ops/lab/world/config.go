package world

import "time"

// Config says what site to build. The zero value of a field takes the default
// in its comment.
type Config struct {
	Seed    uint64
	Speed   float64        // lab seconds per real second; 0: the clock stands still until moved
	Dir     string         // where shares and hosts keep their files
	Start   time.Time      // what the lab's clock shows at first; now
	Product string         // "lync-2013" or "skype-for-business-2015"; the first
	Version Version        // of all instances; SQL2012
	Zone    *time.Location // local time of the servers; UTC
	Bare    bool           // no log shipping yet: mgc on the primary and its mirror only

	Monitor    bool          // there is a monitor server of log shipping
	History    time.Duration // how long log shipping has run at Start; 6 h
	Interval   time.Duration // of the log shipping jobs; 15 min
	MessageGap time.Duration // mean time between chat messages; 20 s
	MirrorTime time.Duration // how long Install-CsMirrorDatabase takes; 30 min
	Pace       Pace

	// OnPower is told when an instance is switched off or on, so that what
	// stands in front of it can follow. It is called without locks held.
	OnPower func(instance string, on bool)
}

// Pace is how long BACKUP and RESTORE take on the lab's clock.
type Pace struct {
	Base  time.Duration // per statement; 800 ms
	PerMB time.Duration // 100 ms
	Slow  float64       // factor; 1
}

func (c Config) withDefaults() Config {
	if c.Start.IsZero() {
		c.Start = time.Now()
	}
	c.Start = c.Start.UTC().Truncate(time.Second)
	if c.Product == "" {
		c.Product = "lync-2013"
	}
	if c.Version.Major == 0 {
		c.Version = SQL2012
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	standard(&c.History, 6*time.Hour)
	standard(&c.Interval, 15*time.Minute)
	standard(&c.MessageGap, 20*time.Second)
	standard(&c.MirrorTime, 30*time.Minute)
	if c.Pace == (Pace{}) {
		c.Pace = Pace{Base: 800 * time.Millisecond, PerMB: 100 * time.Millisecond}
	}
	if c.Pace.Slow == 0 {
		c.Pace.Slow = 1
	}
	return c
}

func standard(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}

// of is how long a statement over so many bytes takes.
func (p Pace) of(bytes int64) time.Duration {
	d := p.Base + time.Duration(float64(p.PerMB)*float64(bytes)/(1<<20))
	return time.Duration(float64(d) * p.Slow)
}
