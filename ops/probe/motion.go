package probe

import (
	"slices"
	"sync"
	"time"

	"pchatops/ops/status"
)

// settling is for how long a site counts as moving after something has moved.
const settling = 5 * time.Minute

// motion is when something moved last: a server or the pool is otherwise than it
// was, or somebody asked, as every step does that has ended.
type motion struct {
	mu   sync.Mutex
	last time.Time
}

func (m *motion) note() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = time.Now()
}

// lately reports whether that was a short while ago.
func (m *motion) lately() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Since(m.last) < settling
}

// stir lets what is asked seldom in quiet times be asked at its own pace again.
func (p *Prober) stir() {
	p.motion.note()
	for _, t := range p.targets {
		if t.quiet == 0 {
			continue
		}
		select {
		case t.stirred <- struct{}{}:
		default: // it is about to look at the clock
		}
	}
}

// moved reports whether the site is otherwise than it was. What goes on in quiet
// times too, as backups that come and are restored, is no motion.
func moved(was, is *status.Snapshot) bool {
	for i := range is.Nodes {
		a, b := &was.Nodes[i], &is.Nodes[i]
		if a.Reachable != b.Reachable || a.Life.Verdict != b.Life.Verdict || shape(a) != shape(b) {
			return true
		}
	}
	return was.Pool.State != is.Pool.State || !slices.Equal(was.Pool.Active, is.Pool.Active) ||
		(was.Pool.Err == nil) != (is.Pool.Err == nil) || (was.Share.Err == nil) != (is.Share.Err == nil) || was.Chat.State != is.Chat.State
}

// posture is what a server is in the estate.
type posture struct {
	exists      bool
	state, role string
	mirroring   string
}

func shape(n *status.Node) posture {
	f := &n.Facts
	return posture{f.Database.Exists, f.Database.State, f.Mirroring.Role, f.Mirroring.State}
}
