package mgmt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/truth"
)

// powershell runs a text on some input, where PowerShell is installed.
func powershell(t *testing.T, text string, input []byte, env ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("pwsh")
	if known := truth.Dir(); known != "" {
		path, err = filepath.Join(known, "bin", "pwsh"), nil
	}
	if err != nil {
		t.Skip("pwsh is not installed: the scripts are not run")
	}
	cmd := exec.CommandContext(t.Context(), path, "-NoProfile", "-NonInteractive", "-EncodedCommand", encodedCommand(text))
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr, cmd.Env = bytes.NewReader(input), &stderr, append(os.Environ(), env...)
	out, err := cmd.Output()
	require.NoError(t, err, "%s", readable(stderr.Bytes()))
	return out
}

// pwsh runs a script as a host would.
func pwsh(t *testing.T, s Script, request, into any) {
	t.Helper()
	input, err := s.input(request, "")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(powershell(t, part("bootstrap"), input), into))
}

// asking is one call of a script, and the answer that is wanted.
type asking struct {
	script  Script
	request any
	want    string // JSON
}

// windowsHost stands in for what Linux lacks. Only [NullString] reaches a .NET method
// as no text at all; $null becomes an empty one.
const windowsHost = `
class PchatopsLogon {
    static [bool] LogonUser([object]$user, [object]$domain, [object]$password, [int]$type, [int]$provider, [ref]$token) {
        if ($domain -is [Management.Automation.Language.NullString]) { $domain = 'NULL' }
        [System.IO.File]::AppendAllText("$env:TESTHOST_ROOT/logons.txt", "$user|$domain|$type|$provider;")
        return $true
    }
    static [bool] CloseHandle([IntPtr]$token) { return $true }
}
function Get-CsManagementStoreReplicationStatus {
    [pscustomobject]@{ ReplicaFqdn = [Net.Dns]::GetHostEntry('').HostName; UpToDate = $true }
}
class SqlException : Exception {
    [int] $Number
    SqlException([int]$number, [string]$text) : base($text) { $this.Number = $number }
}
# The Central Management Store, by where Active Directory says that it is.
function Get-CsConfigurationStoreLocation {
    [pscustomobject]@{ BackEndServer = "$env:TESTHOST_CENTRAL"; MirrorBackEndServer = $null }
}
function Test-Updateability($At, $Partner) {
    if ($At -eq 'gone.litwareinc.com\rtc') { throw ([SqlException]::new(53, 'Der Netzwerkpfad wurde nicht gefunden.')) }
    if ($At -eq 'closed.litwareinc.com\rtc') { throw ([SqlException]::new(18456, 'Fehler bei der Anmeldung.')) }
    'READ_WRITE'
}
Set-Alias Read-Updateability Test-Updateability
function Get-Service {
    [CmdletBinding()] param()
    [pscustomobject]@{ Name = 'Spooler'; Status = 'Running' }
    Write-Error 'The service Sealed cannot be queried.'
    [pscustomobject]@{ Name = 'RTCCHAT'; Status = 'Stopped' }
    [pscustomobject]@{ Name = 'Mute' } | Add-Member ScriptProperty Status { throw 'Access is denied.' } -PassThru
}
`

// several is the bootstrap for many calls in one process, since each start of
// PowerShell takes a second.
const several = `
$ErrorActionPreference = 'Stop'
$All = @($input)
function ConvertFrom-Line($Line) { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String("$Line".Trim())) }
for ($n = 0; $n -lt $All.Count; $n += 3) {
    $Script = [ScriptBlock]::Create((ConvertFrom-Line $All[$n]))
    $Request = ConvertFrom-Json (ConvertFrom-Line $All[$n + 1])
    $Secret = ConvertFrom-Line $All[$n + 2]
    & $Script
}
exit 0
`

// standIns is the file that makes a Windows host of a PowerShell on Linux.
func standIns(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "windows.ps1"))
	require.NoError(t, err)
	return path
}

// askWindows runs the scripts on a host that the stand-ins make, one after the
// other. In what they answer, names are put for folders and times.
func askWindows(t *testing.T, root string, names interface{ Replace(string) string }, all ...asking) {
	t.Helper()
	for n, answer := range answers(t, root, all...) {
		require.JSONEq(t, all[n].want, names.Replace(string(answer)), "%s %+v", all[n].script.Name, all[n].request)
	}
}

// answers gives what the scripts write there.
func answers(t *testing.T, root string, all ...asking) [][]byte {
	t.Helper()
	stubs := filepath.Join(truth.Dir(), "stubs")
	if truth.Dir() == "" {
		t.Skip("there are no stand-ins for a Windows host: the scripts are not run")
	}
	var input []byte
	for _, a := range all {
		one, err := a.script.input(a.request, "secret")
		require.NoError(t, err)
		input = append(input, one...)
	}
	out := powershell(t, ". '"+standIns(t)+"'\n"+windowsHost+several, input,
		"PSModulePath="+stubs, "TESTHOST_STUBS="+stubs, "TESTHOST_ROOT="+root, "TESTHOST_JSON=5", "TESTHOST_PASSWORD=secret", "TESTHOST_CENTRAL="+centralOf(t))
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	require.Len(t, lines, len(all), "%s", out)
	return lines
}

// centralOf is where the Central Management Store of a test is.
func centralOf(t *testing.T) string {
	for name, at := range map[string]string{"Gone": "gone", "Closed": "closed"} {
		if strings.HasSuffix(t.Name(), name) {
			return at + `.litwareinc.com\rtc`
		}
	}
	return `fesql11.litwareinc.com\rtc`
}

// failed is the answer of an error.
func failed(kind string, code int, id, category, message, path string) string {
	text, _ := json.Marshal(map[string]any{"ok": false, "error": map[string]any{
		"kind": kind, "code": code, "id": id, "category": category, "message": message, "path": path,
	}})
	return string(text)
}

// ownError is the same of a read that the shell's own logon made.
func ownError(kind string, code int, id, category, message, path string) string {
	return strings.Replace(failed(kind, code, id, category, message, path), `"kind"`, `"runAs":false,"kind"`, 1)
}

func TestPowerShellTellsAboutItself(t *testing.T) {
	var facts struct {
		OK         bool
		PowerShell string
		Bits       int
		Modules    []string
	}
	pwsh(t, HostFacts, struct{}{}, &facts)
	require.True(t, facts.OK)
	require.Equal(t, 64, facts.Bits)
	require.NotEmpty(t, facts.PowerShell)
	require.NotNil(t, facts.Modules, "no module is an empty list")
}

func TestPowerShellListsFiles(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mgc_1.trn"), []byte("two"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "old"), 0o700))
	var listing struct{ Folders []folder }
	pwsh(t, ListFiles, listRequest{Folders: []folderRequest{{"share", filepath.Join(dir, "missing")}, {"copy", dir}}, Pattern: logBackups}, &listing)
	require.Len(t, listing.Folders, 2)
	require.NotNil(t, listing.Folders[0].Error, "a missing folder does not fail the call")
	require.Nil(t, listing.Folders[1].Error)
	require.Len(t, listing.Folders[1].Files, 1)
	require.Equal(t, int64(3), listing.Folders[1].Files[0].Bytes)
	require.Equal(t, 1, listing.Folders[1].Others)
	require.Equal(t, []string{"old"}, listing.Folders[1].Some)
}

// silent gives a port that answers no SYN: its backlog is full.
func silent(t *testing.T) int {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Close(fd) })
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(t, syscall.Listen(fd, 0))
	at, err := syscall.Getsockname(fd)
	require.NoError(t, err)
	port := at.(*syscall.SockaddrInet4).Port
	for range 10 {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), 200*time.Millisecond)
		if err != nil {
			return port
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	t.Skip("the backlog of a listener takes any number here")
	return 0
}

func TestPowerShellConnectsHashesAndAsksForServices(t *testing.T) {
	dir := t.TempDir()
	big := strings.Repeat("x", 70_000)
	for name, content := range map[string]string{"a.trn": big, "[b] $.trn": "two"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	require.NoError(t, os.Symlink("/proc/self/mem", filepath.Join(dir, "unreadable.trn")))
	listening, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listening.Close() }()
	accepts := listening.Addr().(*net.TCPAddr).Port
	closing, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	refuses := closing.Addr().(*net.TCPAddr).Port
	require.NoError(t, closing.Close())

	connect := func(host any, port, timeout int) any {
		return map[string]any{"host": host, "port": port, "timeout": timeout}
	}
	code := func(n int) string {
		return fmt.Sprintf(`{"ok":true,"computer":"HOST","connected":%t,"code":%d}`, n == 0, n)
	}
	names := []string{"../x", "a.trn", "[b] $.trn", "unreadable.trn", "missing.trn"}
	head := `{"ok":true,"files":[
		{"n":"a.trn","len":70000,"sha256":"1f8745f0d2d1387ec1af2211a3cf417b2e9e885e853472649c1d979d0e9370e3"},
		{"n":"[b] $.trn","len":3,"sha256":"3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"}]}`
	two := `{"ok":true,"files":[{"n":"[b] $.trn","len":3,"sha256":"3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"}]}`
	noFolder := ownError("win32", 3, "DirectoryNotFoundException", "NotSpecified", "Could not find a part of the path 'DIR/gone'.", "DIR/gone")
	service := func(name string) any { return map[string]string{"name": name} }
	wanted := failed("refused", 0, "", "", "host, port and timeout are wanted: the last in milliseconds, at most 20000.", "")
	computer, err := os.Hostname()
	require.NoError(t, err)

	askWindows(t, t.TempDir(), strings.NewReplacer(dir, "DIR", `"computer":"`+computer+`"`, `"computer":"HOST"`),
		asking{TryConnect, connect("127.0.0.1", accepts, 2000), code(0)},
		asking{TryConnect, connect("localhost", accepts, 2000), code(0)},
		asking{TryConnect, connect("127.0.0.1", refuses, 2000), code(10061)},
		asking{TryConnect, connect("127.0.0.1", silent(t), 300), code(10060)},
		asking{TryConnect, connect("no-such-host.invalid", 1433, 300), code(11001)},
		asking{TryConnect, connect("", 1433, 300), wanted},
		asking{TryConnect, connect("127.0.0.1", 0, 300), wanted},
		asking{TryConnect, connect("127.0.0.1", accepts, 20001), wanted},
		asking{HashFiles, hashRequest{Folder: dir, Names: names, Head: beginning}, head},
		asking{HashFiles, hashRequest{Folder: dir, Names: names[2:]}, two},
		asking{HashFiles, hashRequest{Folder: dir, Names: names[2:], RunAs: `LITWARE\ops`}, two},
		asking{HashFiles, hashRequest{Folder: dir, Names: names[3:], RunAs: `LITWARE\ops`}, `{"ok":true,"files":[]}`},
		asking{HashFiles, hashRequest{Folder: dir + "/gone", Names: names}, noFolder},
		asking{HashFiles, hashRequest{Folder: dir + "/gone", Names: names, RunAs: `LITWARE\ops`}, noFolder},
		asking{ServiceState, service("RTCCHAT"), `{"ok":true,"state":"Stopped"}`},
		asking{ServiceState, service("Mute"), failed("win32", 0, "The state of the service Mute cannot be read.", "OperationStopped", "The state of the service Mute cannot be read.", "")},
		asking{ServiceState, service("Absent"), failed("win32", 0, "Microsoft.PowerShell.Commands.WriteErrorException,Get-Service", "NotSpecified", "The service Sealed cannot be queried.", "")},
	)
}

func TestPowerShellReadsPoolMirrorsAndTopology(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "chat.json"), []byte(`{"Pool":"pool.litwareinc.com","PoolState":"","HasState":false,
		"Version":7,"Instance":"RTC","Active":["chat01"],"Idle":[],"Primary":"sql01","Mirror":null,"Backup":"sql11","BackupMirror":null,"MirrorRows":[]}`), 0o600))
	ask := func(module, pool string) poolRequest { return poolRequest{Module: module, Pool: pool} }
	stores := `"stores":{"primary":{"fqdn":"sql01","instance":"RTC"},"mirror":null,"backup":{"fqdn":"sql11","instance":"RTC"},"backupMirror":null}`
	refusal := func(kind, text string) string { return ownError(kind, 0, text, "OperationStopped", text, "") }
	alive := `{"at":{"fqdn":"fesql11.litwareinc.com","instance":"rtc"},"partner":null,"answers":true,"updateability":"READ_WRITE","code":0,"why":"","known":[]}`
	askWindows(t, root, strings.NewReplacer(),
		asking{PoolState, ask("SkypeForBusiness", "pool.litwareinc.com"), `{"ok":true,"identity":"","row":"Global","state":"Normal","local":false,
			"service":"PersistentChatServer:pool.litwareinc.com","active":["chat01"],"idle":[],"central":` + alive + `,` + stores + `}`},
		asking{PoolState, ask("Lync", "other.litwareinc.com"), refusal("cmdlet", "The topology has no Persistent Chat pool other.litwareinc.com.")},
		asking{PoolState, ask("Exchange", "pool.litwareinc.com"), refusal("module", "Exchange is no Management Shell module.")},
		asking{MirrorState, ask("SkypeForBusiness", "pool.litwareinc.com"), `{"ok":true,"databases":[]}`},
		asking{Topology, ask("SkypeForBusiness", ""), `{"ok":true,"services":[{"identity":"PersistentChatServer:pool.litwareinc.com",
			"pool":"pool.litwareinc.com","version":7,"active":["chat01"],"idle":[],` + stores + `}],
			"databases":[{"fqdn":"sql01","instance":"RTC"},{"fqdn":"sql11","instance":"RTC"}],
			"pools":[{"fqdn":"pool.litwareinc.com","computers":["chat01"],"site":"dc1"},{"fqdn":"sql01","computers":["sql01"],"site":"dc1"},
				{"fqdn":"sql11","computers":["sql11"],"site":"dc1"}],
			"document":{"sha256":"e0e242be2dfe117ded744ae98d4bf73544217dce6a3a87a9c1c5a0961d0ca383","bytes":29},
			"replica":{"document":{"sha256":"e0e242be2dfe117ded744ae98d4bf73544217dce6a3a87a9c1c5a0961d0ca383","bytes":29},"upToDate":true,"error":null}}`},
	)
}

// The run-as account is asked for where another logon may fare better: neither where
// a server is dead nor where the read itself found out what is wrong. Whose logon it
// was is told, and a refused one wherever it stands in the exception.
func TestPowerShellTriesTheRunAsAccountOnlyWhereAnotherLogonMayHelp(t *testing.T) {
	cases := []struct {
		name, throws string // what Get-CsPersistentChatState does
		lent         bool
		code, sql    int32
	}{
		{"a-dead-server", "throw (New-Object ComponentModel.Win32Exception 53)", false, 53, 0},
		{"a-directory", "throw (New-Object Runtime.InteropServices.COMException 'An operations error occurred.', 0x80072020)", true, 8224, 0},
		{"deep-inside", "throw (New-Object Exception 'outer', (New-Object IO.IOException 'middle', (New-Object ComponentModel.Win32Exception 1326)))", true, 1326, 0},
		{"locked", "throw (New-Object Exception 'x', (New-Object Exception '80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 775, v1db1'))", true, 1909, 0},
		{"in-a-text", "throw (New-Object Exception 'Fehler 0x8007052E')", true, 1326, 0},
		{"its-own-finding", "return", false, 0, 0},
		{"of-sql-server", "throw (New-Object Exception 'outer', ([SqlException]::new(18456)))", true, 0, 18456},
		{"a-dead-sql-server", "throw (New-Object Exception 'outer', ([SqlException]::new(53)))", false, 0, 53},
		{"no-number-at-all", "throw (New-Object Exception 'Something is wrong.')", true, 0, 0},
	}
	root := t.TempDir()
	hook := "class SqlException : Exception { [int]$Number; SqlException([int]$n) : base('Fehler bei der Anmeldung.') { $this.Number = $n } }\nswitch ($Request.pool) {\n"
	var all []asking
	logons := ""
	for _, c := range cases {
		hook += "'" + c.name + "' { " + c.throws + " }\n"
		all = append(all, asking{script: PoolState, request: poolRequest{Module: "Lync", Pool: c.name, RunAs: "ops@litwareinc.com"}})
		if c.lent {
			logons += "ops@litwareinc.com|NULL|9|3;" // no empty domain stands in for none
		}
	}
	path := filepath.Join(root, "cmdlets", "Get-CsPersistentChatState.ps1")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(hook+"}\n"), 0o600))
	for n, answer := range answers(t, root, all...) {
		var v verdict
		require.NoError(t, json.Unmarshal(answer, &v))
		require.NotNil(t, v.Error, "%s", answer)
		require.Equal(t, &cases[n].lent, v.Error.RunAs, "%s: %+v", cases[n].name, v.Error)
		require.Equal(t, []int32{cases[n].code, cases[n].sql}, []int32{v.Error.Code, v.Error.SQL}, "%s: %+v", cases[n].name, v.Error)
	}
	made, err := os.ReadFile(filepath.Join(root, "logons.txt"))
	require.NoError(t, err)
	require.Equal(t, logons, string(made))
}

// A host whose account is given and not needed compiles nothing.
func TestPowerShellCompilesNothingWhereTheShellsOwnLogonWillDo(t *testing.T) {
	root, dir := t.TempDir(), t.TempDir()
	for _, answer := range answers(t, root,
		asking{script: ListFiles, request: listRequest{Folders: []folderRequest{{"share", dir}}, Pattern: logBackups, RunAs: `LITWARE\ops`}},
		asking{script: PoolState, request: poolRequest{Module: "Lync", Pool: "pchat.litwareinc.com", RunAs: `LITWARE\ops`}},
	) {
		require.Contains(t, string(answer), `{"ok":true`)
	}
	require.NoFileExists(t, filepath.Join(root, "logons.txt"))
}

// A store that does not answer costs no cmdlet's time-out: the replica is read, in
// whatever language the error is.
func TestPowerShellReadsTheReplicaWhereTheStoreIsGone(t *testing.T) {
	root := t.TempDir()
	cmdlets := filepath.Join(root, "cmdlets")
	require.NoError(t, os.Mkdir(cmdlets, 0o700))
	for name, text := range map[string]string{
		"Get-CsPersistentChatState": `if (-not $Bound['LocalStore']) { throw 'it waits for ever' }; [pscustomobject]@{ Identity = 'PersistentChatServer:pool.litwareinc.com'; PoolState = 'Normal' }`,
		"Get-CsDatabaseMirrorState": `if (-not $Bound['LocalStore']) { throw 'it waits for ever' }`,
		"Get-CsService":             `throw 'it waits for ever'`,
		"Get-CsTopology": `if (-not $Bound['LocalStore']) { throw 'it waits for ever' }; [Xml.Linq.XDocument]::Parse('<Topology xmlns="urn:t"><Clusters>
			<Cluster Fqdn="gone.litwareinc.com"><ClusterId SiteId="1" Number="1" /></Cluster><Cluster Fqdn="fesql11.litwareinc.com"><ClusterId SiteId="2" Number="1" /></Cluster></Clusters><Services>
			<Service><ServiceId SiteId="1" RoleName="CentralMgmtStore" Instance="1" /><InstalledOn><SqlInstanceId Name="rtc"><ClusterId SiteId="1" Number="1" /></SqlInstanceId></InstalledOn></Service>
			<Service><ServiceId SiteId="2" RoleName="CentralMgmtStore" Instance="1" /><InstalledOn><SqlInstanceId Name="rtc"><ClusterId SiteId="2" Number="1" /></SqlInstanceId></InstalledOn></Service></Services></Topology>')`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(cmdlets, name+".ps1"), []byte(text), 0o600))
	}
	request := poolRequest{Module: "SkypeForBusiness", Pool: "pool.litwareinc.com"}
	askWindows(t, root, strings.NewReplacer(),
		asking{PoolState, request, `{"ok":true,"identity":"PersistentChatServer:pool.litwareinc.com","row":"PersistentChatServer:pool.litwareinc.com","state":"Normal","local":true,
			"service":"","active":[],"idle":[],"stores":null,"central":{"at":{"fqdn":"gone.litwareinc.com","instance":"rtc"},"partner":null,"answers":false,"updateability":"","code":53,
			"why":"Der Netzwerkpfad wurde nicht gefunden.","known":[{"fqdn":"gone.litwareinc.com","instance":"rtc"},{"fqdn":"fesql11.litwareinc.com","instance":"rtc"}]}}`},
		asking{MirrorState, request, `{"ok":true,"databases":[]}`},
		asking{Topology, request, failed("central", 0, "", "", "Der Netzwerkpfad wurde nicht gefunden.", "")},
	)
}

// One that refuses the login answers: what the cmdlets say of it counts.
func TestPowerShellAsksTheCmdletsWhereTheStoreIsClosed(t *testing.T) {
	var answer struct {
		Local   bool
		Central central
	}
	root := t.TempDir()
	input, err := PoolState.input(poolRequest{Module: "SkypeForBusiness", Pool: "pchat.litwareinc.com"}, "")
	require.NoError(t, err)
	stubs := filepath.Join(truth.Dir(), "stubs")
	if truth.Dir() == "" {
		t.Skip("there are no stand-ins for a Windows host: the scripts are not run")
	}
	out := powershell(t, ". '"+stubs+"/shim.ps1'\n"+windowsHost+several, input, "PSModulePath="+stubs, "TESTHOST_ROOT="+root, "TESTHOST_JSON=5", "TESTHOST_CENTRAL="+centralOf(t))
	require.NoError(t, json.Unmarshal(out, &answer), "%s", out)
	require.False(t, answer.Local)
	require.Equal(t, 18456, answer.Central.Code)
	require.True(t, *answer.Central.Answers)
}

// The row of all pools counts only for a pool that has none of its own; one that could
// not be read may be there.
func TestPowerShellTakesNoUnreadRowForAMissingOne(t *testing.T) {
	for failure, ok := range map[string]bool{
		`throw 'The network path was not found.'`:                                        false,
		`Write-Error -Category ObjectNotFound -ErrorAction Stop 'There is no such row.'`: true,
	} {
		root := t.TempDir()
		path := filepath.Join(root, "cmdlets", "Get-CsPersistentChatState.ps1")
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("if ($Bound['Identity']) { "+failure+" }\n[pscustomobject]@{ Identity = 'Global'; PoolState = 'Normal' }\n"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(root, "chat.json"), []byte(stubPool), 0o600))
		var answer struct {
			OK  bool
			Row string
		}
		request := poolRequest{Module: "SkypeForBusiness", Pool: pool}
		require.NoError(t, json.Unmarshal(answers(t, root, asking{script: PoolState, request: request})[0], &answer))
		require.Equal(t, ok, answer.OK, failure)
		require.Equal(t, ok, answer.Row == "Global", failure)
	}
}
