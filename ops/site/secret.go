package site

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a password or private key. Nothing that formats, logs, marshals or
// compares it for a test's message shows what it holds; only Reveal does.
type Secret struct {
	// A function, because printing by reflection follows strings and pointers
	// in unexported fields, but never a function.
	reveal func() string
}

// NewSecret wraps a secret.
func NewSecret(s string) Secret { return Secret{reveal: func() string { return s }} }

const redacted = "(secret)"

// Reveal gives the secret itself, for the one place that sends it.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// String never shows the secret.
func (Secret) String() string { return redacted }

// GoString never shows the secret.
func (Secret) GoString() string { return redacted }

// Format never shows the secret, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) } //nolint:errcheck // fmt has no way to take it

// MarshalText never shows the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON never shows the secret.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue never shows the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
