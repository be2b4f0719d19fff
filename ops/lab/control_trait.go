package lab

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// ctlTrait says what a server is like.
func (l *Lab) ctlTrait(v map[string]string) (any, error) {
	name := v["instance"]
	if l.world.Instance(name) == nil {
		return nil, fmt.Errorf("no instance %q", name)
	}
	set := map[string]func(string) error{
		"zeroing": func(s string) error {
			d, err := time.ParseDuration(s)
			return errors.Join(err, l.world.SetZeroing(name, d))
		},
		"patched": func(s string) error {
			on, err := strconv.ParseBool(s)
			return errors.Join(err, l.world.SetPatched(name, on))
		},
		"others": func(s string) error {
			n, err := strconv.Atoi(s)
			return errors.Join(err, l.world.SetOthers(name, n))
		},
		"services": func(s string) error { return l.world.SetServices(name, s) },
		"domain":   func(s string) error { return l.world.SetDomainAway(name, s == "away") },
		"paths":    func(s string) error { return l.world.SetPathsHang(name, s == "hang") },
	}
	for key, s := range v {
		if do := set[key]; do != nil {
			if err := do(s); err != nil {
				return nil, fmt.Errorf("%s=%q: %w", key, s, err)
			}
		}
	}
	return map[string]int64{"rowsRead": l.world.RowsRead(name)}, nil
}
