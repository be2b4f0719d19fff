package mgmt

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is allowed by its hash has to be what runs: the file that job-start leaves
// on the host is a script block's text, which PowerShell itself cuts out.
func TestTheHashesAreThoseOfWhatPowerShellRuns(t *testing.T) {
	got := map[string]string{}
	for _, kind := range jobKinds {
		text := "$Program = {" + program(kind) + `}
$bytes = (New-Object Text.UTF8Encoding $false).GetBytes($Program.ToString())
$hash = [Security.Cryptography.SHA256]::Create().ComputeHash($bytes)
ConvertTo-Json -Compress ([BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant())`
		var sum string
		pwsh(t, Script{Name: "hash", Text: text}, struct{}{}, &sum)
		got[kind] = sum
	}
	want := map[string]string{}
	for _, h := range Hashes() {
		if kind, ok := strings.CutPrefix(h.Name, "program of a "); ok {
			want[strings.TrimSuffix(kind, " job")] = h.SHA256
		}
	}
	require.Equal(t, want, got)
	require.Len(t, got, len(jobKinds))
}
