package fault_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
)

func TestWhatIsSaidIsOneSentence(t *testing.T) {
	for want, parts := range map[string][]string{
		"":                         nil,
		"one":                      {"one"},
		"Access is denied.":        {"Access is denied."},
		"SET OFFLINE; Cannot open": {"SET OFFLINE;", "Cannot open"},
		"Denied; also denied.":     {"Denied.", "also denied."},
		"a; b; c":                  {"a; ", "b", "c"},
	} {
		require.Equal(t, want, fault.Said(parts...))
	}
	require.Equal(t, "One. Two. Three.", fault.Sentences("One.", "Two", "Three."))
}
