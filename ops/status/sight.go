package status

import (
	"time"

	"pchatops/ops/fault"
)

// Sight is what attempts to connect to a server from one place came to, one
// after the other with the same end.
type Sight struct {
	Reach    fault.Reach
	First    time.Time     // start of the first of them
	Last     time.Time     // end of the last
	Lasted   time.Duration // between the two, by the clock that verdicts go by
	Attempts int

	on, off time.Time // First and Last by that clock
}

// Attempt is one attempt to connect that brought no answer.
type Attempt struct {
	Reach      fault.Reach
	Began, End time.Time
	On, Off    time.Time // the same by the clock that verdicts go by
}

// With gives what is seen after one more attempt. Another end begins anew,
// unless that attempt began before all of these: then it tells of an earlier
// time.
func (s Sight) With(a Attempt) Sight {
	switch {
	case a.Reach == "":
		return s
	case s.Attempts > 0 && alike(s.Reach, a.Reach):
		if a.On.Before(s.on) {
			s.First, s.on = a.Began, a.On
		}
		if a.Off.After(s.off) {
			s.Last, s.off = a.End, a.Off
		}
		s.Reach = a.Reach
		s.Attempts++
	case s.Attempts > 0 && a.On.Before(s.on):
		return s
	default:
		s = Sight{Reach: a.Reach, First: a.Began, Last: a.End, Attempts: 1, on: a.On, off: a.Off}
	}
	s.Lasted = s.off.Sub(s.on)
	return s
}

// alike: a host that cannot be reached and one that does not answer are both
// silent.
func alike(a, b fault.Reach) bool { return a == b || a.Silent() && b.Silent() }
