// Package chain knows transaction log chains: log sequence numbers, backup
// headers, and which backups in which order bring a restoring database
// forward. It is pure: no server, no file, no clock.
package chain

import (
	"fmt"
	"math/bits"
)

// LSN is a log sequence number, SQL Server's numeric(25,0), as a 128-bit
// number. The zero LSN means unknown.
type LSN struct{ hi, lo uint64 }

// ParseLSN reads the decimal form of at most 25 digits; "" is the zero LSN.
func ParseLSN(s string) (LSN, error) {
	var l LSN
	if len(s) > 25 {
		return LSN{}, fmt.Errorf("LSN %.40q: more than 25 digits", s)
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return LSN{}, fmt.Errorf("LSN %q: not a decimal number", s)
		}
		h, lo := bits.Mul64(l.lo, 10)
		lo, carry := bits.Add64(lo, uint64(s[i]-'0'), 0)
		l = LSN{hi: l.hi*10 + h + carry, lo: lo}
	}
	return l, nil
}

// String gives the decimal form, "" for the zero LSN.
func (l LSN) String() string {
	if l.IsZero() {
		return ""
	}
	const e18 = 1_000_000_000_000_000_000
	q, r := bits.Div64(l.hi, l.lo, e18)
	if q == 0 {
		return fmt.Sprint(r)
	}
	return fmt.Sprintf("%d%018d", q, r)
}

// IsZero reports whether the LSN is unknown.
func (l LSN) IsZero() bool { return l == LSN{} }

// Compare gives -1, 0 or 1.
func (l LSN) Compare(m LSN) int {
	switch {
	case l.hi != m.hi && l.hi < m.hi, l.hi == m.hi && l.lo < m.lo:
		return -1
	case l == m:
		return 0
	}
	return 1
}

// MarshalText gives the decimal form.
func (l LSN) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the decimal form.
func (l *LSN) UnmarshalText(b []byte) error {
	v, err := ParseLSN(string(b))
	*l = v
	return err
}
