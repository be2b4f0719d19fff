package lease

// Seat is what a console knows of its right to drive. It holds the right while
// it holds every lock that it has taken; losing one of them is losing the right.
// The zero Seat holds nothing.
type Seat struct {
	now   Term            // of what is planned now
	since Term            // the first of the right that is held; zero: it is not
	locks map[string]Term // by instance: the first term that knew its lock held
	gone  bool            // for good
}

// Take begins a right with the locks of all instances that answered. The caller
// holds them all; a refusal by one of them releases the others instead.
func (s *Seat) Take(instances ...string) {
	if s.gone || len(instances) == 0 {
		return
	}
	s.now++
	s.since, s.locks = s.now, map[string]Term{}
	for _, i := range instances {
		s.locks[i] = s.now
	}
}

// Join adds the lock of an instance that was silent when the right was taken.
// Plans that were made before may still be carried out elsewhere; on this
// instance somebody else may have acted since.
func (s *Seat) Join(instance string) {
	if s.since != 0 {
		s.now++
		s.locks[instance] = s.now
	}
}

// Lose ends the right: one of its locks is gone, or may be.
func (s *Seat) Lose() { s.since, s.locks = 0, nil }

// Leave ends the right for good: somebody else has it, or it was given back.
func (s *Seat) Leave() { s.Lose(); s.gone = true }

// Gone reports whether the right is lost for good.
func (s *Seat) Gone() bool { return s.gone }

// Next is the term that knows the next lock held.
func (s *Seat) Next() Term { return s.now + 1 }

// Term is that of what is planned now; zero: the right is not held.
func (s *Seat) Term() Term {
	if s.since == 0 {
		return 0
	}
	return s.now
}

// Holds reports whether the lock of an instance is held.
func (s *Seat) Holds(instance string) bool { return s.locks[instance] != 0 }

// May says whether what was planned in a term may be sent at all, as far as the
// console knows. The servers have the last word: on an instance the session that
// holds its lock, on a host the limit and the ticket of the start.
func (s *Seat) May(t Term) error {
	if s.since == 0 || t < s.since {
		return ErrOver
	}
	return nil
}
