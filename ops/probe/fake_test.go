package probe

import (
	"context"
	"sync"
	"time"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

// server is an instance, pool and share at once, as a test sets it.
type server struct {
	mu      sync.Mutex
	delay   time.Duration
	err     error
	deaf    chan struct{} // answers only when closed, whatever the context says
	state   string
	asked   []time.Time
	now, at int // calls under way, and the most there ever were
}

func (s *server) set(change func(*server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *server) answer(ctx context.Context) (string, error) {
	s.mu.Lock()
	delay, deaf := s.delay, s.deaf
	s.asked = append(s.asked, time.Now())
	s.now++
	s.at = max(s.at, s.now)
	s.mu.Unlock()
	if deaf != nil {
		<-deaf
	}
	var late error
	select {
	case <-time.After(delay):
	case <-ctx.Done():
		late = ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now--
	if late != nil {
		return "", late
	}
	return s.state, s.err
}

func (s *server) Facts(ctx context.Context) (status.Facts, error) {
	state, err := s.answer(ctx)
	return status.Facts{Database: status.Database{Exists: true, State: state}}, err
}

func (s *server) Pool(ctx context.Context) (status.Pool, error) {
	state, err := s.answer(ctx)
	return status.Pool{State: state}, err
}

func (s *server) Share(ctx context.Context) (status.Share, error) {
	state, err := s.answer(ctx)
	return status.Share{Newest: state}, err
}

func (s *server) times() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

var roles = []site.Role{site.Primary, site.Mirror, site.Secondary, site.SecondaryMirror, site.SecondaryWitness}

// litware gives a site of five instances and their servers, all 80 ms away.
func litware() (*site.Site, map[site.Role]*server, Sources) {
	s := &site.Site{Pool: "pchat.litwareinc.com", BackupShare: `\\FS01\LogShip`, Intervals: site.Intervals{
		Poll: 5 * time.Second, Answer: 3 * time.Second, Stale: 20 * time.Second,
		Shell: 30 * time.Second, ShellAnswer: time.Minute,
	}}
	servers, from := map[site.Role]*server{}, Sources{SQL: map[site.Role]SQL{}}
	for _, r := range roles {
		s.Instances = append(s.Instances, site.Instance{Role: r, Label: string(r)})
		servers[r] = &server{delay: 80 * time.Millisecond, state: "ONLINE"}
		from.SQL[r] = servers[r]
	}
	return s, servers, from
}
