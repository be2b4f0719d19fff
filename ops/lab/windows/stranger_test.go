package windows_test

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/masterzen/winrm"
	"github.com/stretchr/testify/require"
)

const (
	eventually = 2 * time.Minute
	tick       = 2 * time.Millisecond
)

func TestStrangersCanLookAround(t *testing.T) {
	s := start(t, nil)
	write(t, s.share, "a.trn", "content of a")
	for _, c := range []struct{ line, out string }{
		{"hostname", "SQL11\r\n"},
		{"whoami", "litware\\ops\r\n"},
		{"echo hello  world", "hello world\r\n"},
		{"cmd /c ver", "\r\nMicrosoft Windows [Version 6.3.9600]\r\n"},
		{`%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe -NoProfile -ExecutionPolicy Bypass -Command hostname`, "SQL11\r\n"},
		{winrm.Powershell("hostname"), "SQL11\r\n"},
		{winrm.Powershell("$PSVersionTable.PSVersion"), "\r\nMajor  Minor  Build  Revision\r\n-----  -----  -----  --------\r\n5      1      14409  1005\r\n\r\n"},
		{"powershell Get-Date", "\r\nSaturday, November 21, 2026 2:45:00 AM\r\n\r\n"},
		{"powershell -c Get-CsPersistentChatState | fl", "\r\nIdentity  : PersistentChatServer:pchat.litwareinc.com\r\nPoolState : Normal\r\n\r\n\r\n"},
		{
			"powershell Get-CsDatabaseMirrorState -Pool pchat.litwareinc.com",
			"\r\nDatabaseName             : mgc\r\nStateOnPrimary           : Principal\r\nStateOnMirror            : Mirror\r\n" +
				"MirroringStatusOnPrimary : synchronized\r\nMirroringStatusOnMirror  : synchronized\r\n\r\n\r\n",
		},
		{winrm.Powershell("Import-Module Lync; Set-CsPersistentChatState -Identity 'service:pchat.litwareinc.com' -PoolState:FailedOver\n'set'"), "set\r\n"},
	} {
		out, errs, exit := s.run(t, c.line, "")
		require.Zero(t, exit, "%s: %s", c.line, errs)
		require.Equal(t, c.out, out, c.line)
	}
	require.Equal(t, "FailedOver", s.state)

	out, _, _ := s.run(t, `dir \\FS01\LogShip`, "")
	require.Contains(t, out, "            12 a.trn\r\n")
	out, _, _ = s.run(t, "powershell Get-CsService -PersistentChatServer", "")
	require.Contains(t, out, "BackupPersistentChatDatabase       : PersistentChatDatabase:sql11.litwareinc.com\r\n")
	require.Contains(t, out, "MirrorPersistentChatDatabase       : \r\n")
}

func TestWhatIsNotThereFailsAsOnWindows(t *testing.T) {
	s := start(t, nil)
	for _, c := range []struct {
		line string
		exit int
		says string
	}{
		{"frobnicate /now", 1, "'frobnicate' is not recognized as an internal or external command"},
		{`dir X:\`, 1, "The system cannot find the path specified."},
		{"echo " + strings.Repeat("x", 9000), 1, "The command line is too long."},
		{"powershell -Command Frob-Nicate -Now", 1, "The term 'Frob-Nicate' is not recognized"},
		{winrm.Powershell("Get-CsPersistentChatActiveServer"), 1, "CommandNotFoundException"},
		{"powershell Get-CsDatabaseMirrorState", 1, "missing mandatory parameters: PoolFqdn"},
		{"powershell Set-CsPersistentChatState service:other -PoolState FailedOver", 1, "no such pool"},
		{"powershell Set-CsPersistentChatState a b", 1, "positional parameter"},
		{"powershell Set-CsPersistentChatState -Identity", 1, "Missing an argument"},
		{"powershell Install-CsMirrorDatabase -DatabaseType PersistentChat -SqlServerFqdn sql11.litwareinc.com -FileShare x", 1, "NonInteractive mode"},
		{"powershell -EncodedCommand %%%", -196608, "not properly encoded"},
		{"powershell -Frobnicate", -196608, "-Frobnicate"},
	} {
		out, errs, exit := s.run(t, c.line, "")
		require.Equal(t, c.exit, exit, c.line)
		require.Empty(t, out, c.line)
		require.Contains(t, errs, c.says, c.line)
	}
	require.Equal(t, "Normal", s.state)
}

const sessionScript = `
import sys, winrm
import xml.etree.ElementTree as xml
s = winrm.Session("http://127.0.0.1:%s/wsman" % sys.argv[1], auth=("LITWARE\\ops", sys.stdin.readline().strip()), transport="plaintext")
print(s.run_cmd("hostname").std_out.decode().strip())
print(s.run_ps("Get-CsPersistentChatState").std_out.decode().strip())
r = s.run_cmd("powershell -Command Frob-Nicate")
head, body = r.std_err.decode().split("\r\n", 1)
print(head, r.status_code, "".join(e.text for e in xml.fromstring(body) if e.get("S") == "Error").replace("_x000D__x000A_", "\n"))
`

func TestPywinrmSessionReadsTheShell(t *testing.T) {
	python := ""
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(p, "-c", "import winrm").Run() == nil {
			python = p
			break
		}
	}
	if python == "" {
		t.Skip("pywinrm is not installed (Debian: apt install python3-winrm)")
	}
	s := start(t, nil)
	cmd := exec.CommandContext(t.Context(), python, "-W", "ignore", "-c", sessionScript, strconv.Itoa(s.port))
	cmd.Stdin, cmd.Stderr = strings.NewReader(password+"\n"), os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "SQL11\n")
	require.Contains(t, string(out), "PoolState : Normal")
	require.Contains(t, string(out), "#< CLIXML 1 Frob-Nicate : The term 'Frob-Nicate' is not recognized")
}
