package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASecretShowsNothingOfItself(t *testing.T) {
	secret := NewSecret(canary)
	type holder struct {
		Shown  Secret
		hidden Secret
		Ptr    *Secret
		List   []Secret
		Map    map[string]Secret
	}
	h := holder{secret, secret, &secret, []Secret{secret}, map[string]Secret{"a": secret}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T", "%w", "%99v", "%!"} {
		for _, v := range []any{secret, &secret, h, &h, []any{secret, h}} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	fmt.Fprintln(&out, secret, &secret, h, fmt.Errorf("wrapped: %v", secret))
	require.NoError(t, json.NewEncoder(&out).Encode(h))
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("login", "secret", secret, "holder", h)
	}
	assert.Equal(told{&out}, h, holder{}, "a failing test tells both sides")
	require.NotContains(t, out.String(), canary)
	require.NotContains(t, out.String(), fmt.Sprintf("%x", canary))
	require.Equal(t, canary, secret.Reveal(), "only Reveal gives it")
}

// told collects what an assertion says when it fails.
type told struct{ to *bytes.Buffer }

func (t told) Errorf(format string, args ...any) { fmt.Fprintf(t.to, format, args...) }
