package mgmt

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/wsman"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/ops/truth"
)

// windowsMachine is a WinRM host whose commands start a real PowerShell, with
// stand-ins for what only Windows has: what the console sends runs as it is sent.
type windowsMachine struct {
	root  string
	shell *Shell
	files *Files

	env []string

	mu                  sync.Mutex
	now, most, commands int // PowerShell processes that commands have started
}

// newWindowsMachine starts one, and a console for it.
func newWindowsMachine(t *testing.T) *windowsMachine {
	t.Helper()
	if truth.Dir() == "" {
		t.Skip("there are no stand-ins for a Windows host: nothing is run on it")
	}
	w := &windowsMachine{root: t.TempDir()}
	stubs := filepath.Join(truth.Dir(), "stubs")
	w.env = append(os.Environ(), "PSModulePath="+stubs, "TESTHOST_STUBS="+stubs, "TESTHOST_ROOT="+w.root, "TESTHOST_JSON=5",
		"TESTHOST_JSON_MAX=2097152", "TESTHOST_PASSWORD="+password, "TESTHOST_INIT="+standIns(t))
	m := newMachine(t, newEstate(t), "FE11", func(_ *site.Host, s *wsman.Server) { s.Runner = w })
	o := fast()
	o.Poll, o.Answer, o.Patience = 10*time.Second, time.Minute, time.Minute
	w.shell, w.files = shellOn(t, o, m), filesOn(t, o, m)
	return w
}

// Exec starts PowerShell for a command, on the stand-ins and then the command's own
// text.
func (w *windowsMachine) Exec(ctx context.Context, line wsman.CommandLine, stdin io.Reader, stdout, stderr io.Writer) int {
	_, encoded, found := strings.Cut(strings.Join(append([]string{line.Command}, line.Args...), " "), "-EncodedCommand ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if !found || err != nil {
		return 1
	}
	units := make([]uint16, len(raw)/2)
	for n := range units {
		units[n] = binary.LittleEndian.Uint16(raw[2*n:])
	}
	w.count(1)
	defer w.count(-1)
	cmd := exec.CommandContext(ctx, filepath.Join(truth.Dir(), "bin", "pwsh"), "-NoProfile", "-NonInteractive", "-EncodedCommand",
		encodedCommand(". $env:TESTHOST_INIT\n"+string(utf16.Decode(units))))
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = stdin, stdout, stderr, w.env
	if err := cmd.Run(); err != nil {
		return max(1, cmd.ProcessState.ExitCode())
	}
	return 0
}

func (w *windowsMachine) count(by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now += by
	w.most = max(w.most, w.now)
	w.commands += max(0, by)
}

// put writes a file of the host: a planned fault, or a script that takes the place
// of a cmdlet.
func (w *windowsMachine) put(t *testing.T, name string, lines ...string) {
	t.Helper()
	path := filepath.Join(w.root, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
}

// state is the world behind the cmdlets.
func (w *windowsMachine) state(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(w.root, "chat.json"))
	require.NoError(t, err)
	return string(b)
}

// found gives the files of the host that a pattern fits.
func (w *windowsMachine) found(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(w.root, pattern))
	require.NoError(t, err)
	return paths
}

// published is the pool as its host tells it.
var published = status.Pool{FQDN: pool, Identity: "service:" + pool, Row: "service:" + pool, Service: "service:" + pool}

// failOver sets the pool state, as F5 does.
func (w *windowsMachine) failOver(t *testing.T, r *reporter) error {
	t.Helper()
	return w.shell.SetPoolState(published, "FailedOver").Do(t.Context(), r)
}

func TestRealPowerShellCarriesPoolStateServersMirrorAndCopy(t *testing.T) {
	w := newWindowsMachine(t)
	w.put(t, "tasks/pchatops-forgotten/arguments", "an ended job whose folder is gone")
	w.put(t, "tasks/pchatops-elsewhere/pid", "1") // it runs
	w.put(t, "tasks/backup/arguments", "somebody else's")
	require.NoError(t, w.failOver(t, &reporter{}))
	require.Contains(t, w.state(t), `"PoolState": "FailedOver"`)
	require.NoError(t, w.shell.SetActiveServers(published, []string{"chat11.litwareinc.com"}).Do(t.Context(), &reporter{}))
	require.Regexp(t, `"Active": \[\s*"chat11.litwareinc.com"\s*\]`, w.state(t))

	w.put(t, "cmdlets/Install-CsMirrorDatabase.ps1",
		`[System.IO.File]::WriteAllText($Bound['Report'], "<html><head><style>p{}</style></head><p>Mirroring &lt;mgc&gt;</p><p>to <b>sql12</b></p></html>")`,
		`[System.IO.File]::AppendAllText("$env:TESTHOST_ROOT/mirrored", ($Bound.Keys | Sort-Object | ForEach-Object { "$_=$($Bound[$_])" }) -join ';')`,
		`Write-Warning 'See the report.'`)
	r := &reporter{}
	require.NoError(t, w.shell.InstallMirror(mirroring).Do(t.Context(), r))
	require.Contains(t, r.log(), "WARNING: See the report.\nREPORT: Mirroring <mgc>\nREPORT: to\nREPORT: sql12")
	mirrored, err := os.ReadFile(filepath.Join(w.root, "mirrored"))
	require.NoError(t, err)
	require.Contains(t, string(mirrored), "SqlInstanceName=RTC;SqlServerFqdn=sql11.litwareinc.com")

	from, to := folders(t, map[string]string{"a.trn": "one", "b.trn": "two", "grown.trn": "three more", "shrunk.trn": ""}, map[string]string{"b.trn": "two"})
	long := strings.Repeat("n", 246) + ".trn"
	require.NoError(t, os.WriteFile(filepath.Join(from, long), []byte("two"), 0o600))
	r = &reporter{}
	require.NoError(t, w.files.Copy(from, to, []procedures.Copying{asked("a.trn", 3), asked("b.trn", 3), asked(long, 3)}).Do(t.Context(), r))
	require.Equal(t, "2 files, 6 bytes, each read back and compared by SHA-256", r.facts["copied"])
	err = w.files.Copy(from, to, []procedures.Copying{asked("grown.trn", 5), asked("shrunk.trn", 5)}).Do(t.Context(), &reporter{})
	require.ErrorContains(t, err, "The file on the share has 10 bytes, and 5 were expected")
	require.ErrorContains(t, err, "1 more files failed")
	require.NoFileExists(t, filepath.Join(to, "grown.trn"))
	require.NoFileExists(t, filepath.Join(to, "shrunk.trn"))

	require.Len(t, w.found(t, "tasks/*/arguments"), 1, "what has ended is swept; a job that runs and other people's tasks stay")
	require.Empty(t, w.found(t, "logons.txt"), "no type is compiled where no run-as account is needed")
	settings := w.found(t, "deleted/pchatops-*/settings.json")
	require.NotEmpty(t, settings)
	for _, path := range settings {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(b), `"DeleteExpiredTaskAfter": "PT0S"`)
		b, err = os.ReadFile(filepath.Join(filepath.Dir(path), "triggers.json"))
		require.NoError(t, err)
		require.Regexp(t, `"EndBoundary": "20\d\d-`, string(b), "a task expires, and its password with it")
	}
	require.Equal(t, 1, w.most, "one PowerShell at a time")
}

// What the Task Scheduler cannot tell, a log that cannot be written and a result
// that is saved at the third try are no failures.
func TestRealPowerShellKeepsASuccessThroughTroubleAroundIt(t *testing.T) {
	w := newWindowsMachine(t)
	w.put(t, "faults/State", strings.Repeat("0x80004005\n", 500))
	w.put(t, "faults/GetTask", strings.Repeat("0x800706BA\n", 500))
	w.put(t, "faults/Move-result.json", "0x80070020", "0x80070070")
	w.put(t, "faults/Open-log.txt", "0x80070070")
	w.put(t, "cmdlets/Install-CsMirrorDatabase.ps1", `[System.IO.File]::AppendAllText("$env:TESTHOST_ROOT/mirrored", "once")`, `Start-Sleep -Seconds 2`)
	require.NoError(t, w.shell.InstallMirror(mirroring).Do(t.Context(), &reporter{}))
	mirrored, err := os.ReadFile(filepath.Join(w.root, "mirrored"))
	require.NoError(t, err)
	require.Equal(t, "once", string(mirrored))
}

func TestRealPowerShellKeepsAllStreamsAndGoesOnAfterAnError(t *testing.T) {
	w := newWindowsMachine(t)
	w.put(t, "cmdlets/Set-CsPersistentChatState.ps1",
		`$DebugPreference = 'Continue'; $InformationPreference = 'Continue'`,
		`Write-Error 'The first store does not answer.'`, `Write-Error 'The second one neither.'`,
		`[System.IO.File]::WriteAllText("$env:TESTHOST_ROOT/went-on", '')`,
		`Write-Debug 'of stream five'`, `Write-Information 'of stream six'`, `Write-Host 'to the host'`, `$Host.UI.WriteLine('past all streams')`,
		`1..20000 | ForEach-Object { "line $_ of what it writes" }`)
	r := &reporter{}
	err := w.failOver(t, r)
	require.ErrorContains(t, err, "The first store does not answer. (1 more errors are in the log.)")
	require.FileExists(t, filepath.Join(w.root, "went-on"))
	for _, line := range []string{
		"ERROR: The second one neither.", "DEBUG: of stream five", "of stream six", "to the host", "HOST: past all streams", "line 20000 of what it writes",
	} {
		require.Contains(t, "\n"+r.log()+"\n", "\n"+line+"\n")
	}
	require.LessOrEqual(t, w.commands, 6, "a long log costs a command for each quarter of a megabyte")
	results := w.found(t, "ProgramData/pchatops/jobs/*/result.json")
	require.Len(t, results, 1)
	info, err := os.Stat(results[0])
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(1000), "the output is in the log alone")
}

// A job that dies with its host, or leaves half a result, has an outcome that is not
// known; the next run makes another attempt.
func TestRealPowerShellTellsAnUnknownOutcomeAndTriesAgain(t *testing.T) {
	w := newWindowsMachine(t)
	w.put(t, "cmdlets/Set-CsPersistentChatState.ps1",
		`[System.IO.File]::WriteAllText("$PWD/result.json", '{"ok":tr')`, `[System.Diagnostics.Process]::GetCurrentProcess().Kill()`)
	err := w.failOver(t, &reporter{})
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
	w.put(t, "cmdlets/Set-CsPersistentChatState.ps1", `[System.Diagnostics.Process]::GetCurrentProcess().Kill()`)
	err = w.failOver(t, &reporter{})
	require.Equal(t, fault.Lost, fault.ClassOf(err), "%v", err)
	require.NoError(t, os.Remove(filepath.Join(w.root, "cmdlets/Set-CsPersistentChatState.ps1")))
	require.NoError(t, w.failOver(t, &reporter{}))
	require.Contains(t, w.state(t), `"PoolState": "FailedOver"`)
	require.Empty(t, w.found(t, "tasks/*/arguments"))
}

// A start that fails leaves no claim and no password behind, and says what is
// missing.
func TestRealPowerShellTakesAFailedStartBack(t *testing.T) {
	w := newWindowsMachine(t)
	for fault, words := range map[string]string{
		"Write-job.ps1": "There is not enough space on the disk.", "Register": "There is not enough space on the disk.", "Run": "There is not enough space on the disk.",
	} {
		w.put(t, "faults/"+fault, "0x80070070")
		require.ErrorContains(t, w.failOver(t, &reporter{}), words, fault)
		require.Empty(t, w.found(t, "tasks/*/arguments"), fault)
		require.Empty(t, w.found(t, "ProgramData/pchatops/jobs/inc1*"), fault)
	}
	for _, c := range []struct {
		exit  string
		class fault.Class
		says  string
	}{
		{"-2147023511", fault.Permission, "log on as a batch job"}, // 0x80070569
		{"267036", fault.Permission, "log on as a batch job"},      // SCHED_S_BATCH_LOGON_PROBLEM
		{"-1073741790", fault.Other, "endpoint protection"},        // 0xC0000022
	} {
		w.put(t, "faults/Launch", c.exit)
		r := &reporter{}
		err := w.failOver(t, r)
		require.Equal(t, c.class, fault.ClassOf(err), "%v", err)
		require.ErrorContains(t, err, "Nothing was done.")
		require.ErrorContains(t, err, c.says)
		require.True(t, notBegun(err))
		for _, p := range r.progress {
			require.False(t, p.Begun)
		}
	}
	require.NoError(t, os.Remove(filepath.Join(w.root, "faults/Launch")))
	require.NoError(t, w.failOver(t, &reporter{}))
	require.Empty(t, w.found(t, "tasks/*/arguments"))
}
