package shipping

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pchatops/ops/engine"
)

// poolTold is how long the Management Shell may take to say where the pool stands.
const poolTold = 30 * time.Second

// serving is the gate that the database on the secondary is not the one that people
// chat in: once the pool has failed over, it is, and it is replaced for nothing. Where
// nobody can tell, that takes a phrase of its own; unread is that gate, too.
func (s *shipping) serving(ctx context.Context, e ends) (g engine.Gate, unread bool) {
	g = engine.Gate{Name: "no chat on " + s.secondary.label, Holds: true, Want: "a pool that does not use the database there"}
	if g.Seen = e.secondary.Database.Word(); !e.secondary.Database.Online() {
		return g, false
	}
	state, err := s.poolState(ctx)
	switch {
	case err != nil || state == "":
		g.Holds, unread = false, true
		g.Seen = fmt.Sprintf("%s is ONLINE on %s, and whether the pool uses it is not known", s.db, s.secondary.label)
		if err != nil {
			g.Seen += ": " + err.Error()
		}
		g.Override = fmt.Sprintf("replace %s on %s though the pool may use it", s.db, s.secondary.label)
		g.Do = "let a management host be reached, and read again; or overwrite what may be the live chat by typing: " + g.Override
	case !strings.EqualFold(state, "Normal"):
		g.Holds = false
		g.Seen = fmt.Sprintf("the pool is %s, and %s is ONLINE on %s: this is the live chat", state, s.db, s.secondary.label)
		g.Do = fmt.Sprintf("leave it as it is. Log shipping from %s begins anew only once the pool is back there and its state is Normal", s.primary.label)
	default:
		g.Seen = fmt.Sprintf("%s is ONLINE on %s, and the pool is %s", s.db, s.secondary.label, state)
	}
	return g, unread
}

func (s *shipping) poolState(ctx context.Context) (string, error) {
	if s.Shell == nil {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, poolTold)
	defer cancel()
	pool, err := s.Shell.Pool(ctx)
	return pool.State, err
}
