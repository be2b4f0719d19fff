package mgmt

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is allowed by its hash has to be what runs: the file that job-start leaves
// on the host is a script block's text, which PowerShell itself cuts out.
func TestTheHashesAreThoseOfWhatPowerShellRuns(t *testing.T) {
	text := programs() + `$sha = [Security.Cryptography.SHA256]::Create()
$hashes = @{}
foreach ($kind in $Programs.Keys) {
    $bytes = (New-Object Text.UTF8Encoding $false).GetBytes($Programs[$kind].ToString())
    $hashes[$kind] = [BitConverter]::ToString($sha.ComputeHash($bytes)).Replace('-', '').ToLowerInvariant()
}
ConvertTo-Json -Compress $hashes`
	var got map[string]string
	pwsh(t, Script{Name: "hashes", Text: text}, struct{}{}, &got)
	want := map[string]string{}
	for _, h := range Hashes() {
		if kind, ok := strings.CutPrefix(h.Name, "program of a "); ok {
			want[strings.TrimSuffix(kind, " job")] = h.SHA256
		}
	}
	require.Equal(t, want, got)
	require.Len(t, got, len(jobKinds))
}
