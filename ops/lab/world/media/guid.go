package media

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// GUID is a uniqueidentifier in the order in which it is printed.
type GUID [16]byte

// String gives the upper-case form that SQL Server prints.
func (g GUID) String() string {
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", g[0:4], g[4:6], g[6:8], g[8:10], g[10:]))
}

// IsZero reports whether there is none.
func (g GUID) IsZero() bool { return g == GUID{} }

// Value is the column value: nil for none.
func (g GUID) Value() any {
	if g.IsZero() {
		return nil
	}
	return [16]byte(g)
}

// ParseGUID reads the printed form, with or without braces.
func ParseGUID(s string) (GUID, error) {
	var g GUID
	plain := strings.ReplaceAll(strings.Trim(s, "{}"), "-", "")
	b, err := hex.DecodeString(plain)
	if err != nil || len(b) != len(g) {
		return g, fmt.Errorf("%.40q is no uniqueidentifier", s)
	}
	copy(g[:], b)
	return g, nil
}

// MarshalText gives the printed form.
func (g GUID) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// UnmarshalText reads the printed form.
func (g *GUID) UnmarshalText(b []byte) error {
	v, err := ParseGUID(string(b))
	*g = v
	return err
}
