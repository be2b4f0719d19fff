package status

import (
	"time"

	"pchatops/ops/fault"
)

// Answers notes that the server answered: what its silence looked like is over.
func (n *Node) Answers() {
	n.Silent, n.Failures, n.Sight, n.Second.Sight = time.Time{}, 0, Sight{}, Sight{}
}

// Missed notes an attempt to ask it that brought no answer.
func (n *Node) Missed(a Attempt) {
	if a.Began.Before(n.Answered) {
		return // an answer came after it
	}
	before := n.Sight
	n.Sight = before.With(a)
	if n.Sight.Attempts == 1 && before.Attempts > 0 {
		n.Second.Sight, n.Second.Asked = Sight{}, time.Time{} // of another silence: it is asked about this one
	}
}

// Knocked notes an attempt to connect at which nothing was said. That something
// listens is no news where it is known already.
func (n *Node) Knocked(a Attempt) {
	if !a.Reach.Landed() || !n.Sight.Reach.Landed() {
		n.Missed(a)
	}
}

// Reported notes what the second place saw, or why it cannot be asked.
func (n *Node) Reported(place string, a Attempt, err *fault.Error) {
	s := &n.Second
	s.Asked, s.Err = a.Began, err
	if err != nil {
		return
	}
	s.Place, s.Sight = place, s.Sight.With(a)
	s.Connected = s.Connected || a.Reach.Landed()
}

// Seen is when the node was last looked at.
func (n *Node) Seen() time.Time {
	latest := n.Asked
	for _, t := range []time.Time{n.Answered, n.Sight.Last} {
		if t.After(latest) {
			latest = t
		}
	}
	return latest
}
