package mgmt

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryScriptSaysItsNameFirst(t *testing.T) {
	for _, s := range Scripts() {
		first, _, _ := strings.Cut(s.Text, "\n")
		require.Regexp(t, "^# pchatops "+s.Name+" [1-9]$", first)
	}
}

func TestTheCommandLineFitsAndHoldsNoData(t *testing.T) {
	require.Less(t, len(commandLine), 8191/2, "cmd.exe takes 8191 characters")
	require.NotContains(t, commandLine, "]]>")
	require.Regexp(t, `^powershell\.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand [A-Za-z0-9+/=]+$`, commandLine)
}

func TestRequestAndSecretTravelAsLinesOfBase64(t *testing.T) {
	request := map[string]string{"path": `\\FS01\<Log> & "Ship"` + "\r\n"}
	input, err := HostFacts.input(request, password)
	require.NoError(t, err)
	require.NotContains(t, string(input), password)
	lines := strings.Split(strings.TrimSuffix(string(input), "\r\n"), "\r\n")
	require.Len(t, lines, 3)
	var back map[string]string
	require.NoError(t, json.Unmarshal(decoded(t, lines[1]), &back))
	require.Equal(t, request, back)
	require.Equal(t, password, string(decoded(t, lines[2])))
}

func decoded(t *testing.T, line string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(line)
	require.NoError(t, err)
	return b
}

// tooNew is what PowerShell 3.0 on .NET 4.0 (Windows Server 2008 R2) does not
// have, and what would put data into code.
var tooNew = map[string]*regexp.Regexp{
	"::new() came with 5.0":                 regexp.MustCompile(`::new\(`),
	"classes and enums came with 5.0":       regexp.MustCompile(`(?m)^\s*(class|enum)\s`),
	"using came with 5.0":                   regexp.MustCompile(`(?m)^using (module|namespace|assembly)\s`),
	"Get-FileHash came with 4.0":            regexp.MustCompile(`Get-FileHash`),
	"?? and ?. came with 7.0":               regexp.MustCompile(`\?\?|\$\{?\w+\}?\?\.`),
	"the ternary came with 7.0":             regexp.MustCompile(`\s\?\s[^{]+\s:\s`),
	"-Parallel came with 7.0":               regexp.MustCompile(`-Parallel\b`),
	"ScheduledTasks came with Windows 2012": regexp.MustCompile(`(Register|Start|New|Get)-ScheduledTask`),
	"HResult is public from .NET 4.5":       regexp.MustCompile(`\.HResult\b`),
	"strings are never run as code":         regexp.MustCompile(`(?i)Invoke-Expression|\biex\b`),
	"the network is never trusted blindly":  regexp.MustCompile(`(?i)TrustAll|ServerCertificateValidationCallback`),
}

func TestTheScriptsUseWhatTheOldestHostHas(t *testing.T) {
	for _, s := range Scripts() {
		for why, pattern := range tooNew {
			require.False(t, pattern.MatchString(s.Text), "%s: %s", s.Name, why)
		}
	}
}
