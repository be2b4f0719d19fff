package windows_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/windows"
)

func copyRequest(names ...string) object { return copyRequestOf(12, names...) }

func copyRequestOf(bytes int, names ...string) object {
	var files []object
	for _, n := range names {
		files = append(files, object{"n": n, "len": bytes})
	}
	return object{"source": `\\FS01\LogShip`, "destination": `E:\LogShip`, "files": files}
}

func content(t *testing.T, folder, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, name))
	require.NoError(t, err)
	return string(b)
}

func names(t *testing.T, folder string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestCopyBringsWhatIsMissingAndTouchesNothingElse(t *testing.T) {
	s := start(t, nil)
	write(t, s.share, "a.trn", "content of a")
	write(t, s.share, "b.trn", "content of b")
	write(t, s.copies, "b.trn", "content of b")
	write(t, s.share, "c.trn", "content of c")
	write(t, s.copies, "c.trn", "another file")
	require.Equal(t, true, s.job(t, "copy-1", "copy", copyRequest("a.trn", "b.trn", "c.trn", "gone.trn"))["started"])
	answer := s.poll(t, "copy-1", "failed")
	require.Equal(t, object{
		"ok": false,
		"files": []any{
			object{"n": "a.trn", "len": 12.0, "sha256": sum("content of a"), "kept": false},
			object{"n": "b.trn", "len": 12.0, "sha256": sum("content of b"), "kept": true},
		},
		"failed": []any{
			object{"n": "c.trn", "error": object{
				"kind": "refused", "code": 0.0, "id": "", "category": "", "path": "c.trn",
				"message": "A file of this name and other content is in the copy folder. It was not touched.",
			}},
			object{"n": "gone.trn", "error": object{
				"kind": "win32", "code": 2.0, "id": "", "category": "", "path": "gone.trn", "message": "The system cannot find the file specified.",
			}},
		},
	}, answer["result"])
	require.Equal(t, object{"file": "", "bytes": 24.0, "totalBytes": 48.0, "filesDone": 4.0, "filesTotal": 4.0}, answer["status"])
	require.Equal(t, "content of a", content(t, s.copies, "a.trn"))
	require.Equal(t, "another file", content(t, s.copies, "c.trn"))
	require.Equal(t, []string{"a.trn", "b.trn", "c.trn"}, names(t, s.copies), "no part is left behind")
	require.Contains(t, logOf(t, answer), "gone.trn  The system cannot find the file specified.")
}

func TestStartingAJobTwiceRunsItOnce(t *testing.T) {
	s := start(t, nil)
	require.Equal(t, true, s.job(t, "one", "copy", copyRequest())["started"])
	s.poll(t, "one", "done")
	again := s.job(t, "one", "copy", copyRequest())
	require.Equal(t, false, again["started"])
	require.Equal(t, "done", again["state"])
	require.Equal(t, "done", s.poll(t, "one", "done")["state"], "its folder stays")
	require.Equal(t, false, s.job(t, "one", "copy", copyRequest())["started"])
	require.Equal(t, false, s.call(t, "job-poll", object{"id": "other", "offset": 0}, "")["exists"])
}

// A request whose answer was lost is repeated; it is told from another one by the
// name that it gives itself.
func TestARepeatedStartIsKnownAgain(t *testing.T) {
	s := start(t, nil)
	request := object{"id": "one", "ask": "first", "kind": "copy", "runAs": `LITWARE\ops`, "wait": 0, "request": copyRequest()}
	require.Equal(t, true, s.call(t, "job-start", request, password)["started"])
	require.Equal(t, true, s.call(t, "job-start", request, password)["started"])
	request["ask"] = "second"
	require.Equal(t, false, s.call(t, "job-start", request, password)["started"])
}

// install is what takes long on a management host.
var install = object{"module": "Lync", "cmdlet": "Install-CsMirrorDatabase", "parameters": object{
	"DatabaseType": "PersistentChat", "SqlServerFqdn": "sql11.litwareinc.com", "SqlInstanceName": "RTC", "FileShare": `\\FS01\LogShip`,
}}

func TestAJobIsFoundByWhatItDoes(t *testing.T) {
	s := start(t, nil)
	release := s.hold()
	defer release()
	s.call(t, "job-start", object{
		"id": "theirs", "ask": "a", "by": "alice on jump01", "kind": "cmdlet", "runAs": `LITWARE\ops`, "work": "mirror sql11", "request": install,
	}, password)
	s.poll(t, "theirs", "running")
	find := func(work string) []any { return s.call(t, "job-find", object{"work": work}, "")["jobs"].([]any) }
	found := find("mirror sql11")
	require.Len(t, found, 1)
	since := found[0].(object)["since"]
	require.Equal(t, object{"id": "theirs", "state": "running", "since": since, "by": "alice on jump01", "run": "test", "over": 0.0}, found[0])
	require.NotEmpty(t, since)
	require.Empty(t, find("mirror sql12"))
	require.Empty(t, find(""))
	release()
	s.poll(t, "theirs", "done")
	found = find("mirror sql11")
	require.Len(t, found, 1, "what has just been done is not to be done again")
	require.Equal(t, "done", found[0].(object)["state"])
	require.Positive(t, found[0].(object)["over"])
}

// A start may be late: on the wire, in the queue of the Task Scheduler, or because
// whoever asked was stopped in between. Then somebody else may drive.
func TestAJobIsStartedOnlyForWhoeverTookTheLastTicketAndInTime(t *testing.T) {
	var ahead atomic.Int64
	s := start(t, func(c *windows.Config) {
		c.Tick = func() time.Time { return time.UnixMilli(1_000_000 + ahead.Load()) }
	})
	ask := func(id, run string, after float64) object {
		return s.call(t, "job-start", object{
			"id": id, "ask": id, "kind": "copy", "runAs": `LITWARE\ops`, "wait": 10_000, "run": run, "ticket": run, "notAfter": after, "request": copyRequest(),
		}, password)
	}
	ticket := func(run string) float64 {
		return s.call(t, "job-find", object{"run": run, "ticket": run}, "")["now"].(float64) + 30_000
	}

	require.Equal(t, "overtaken", errorOf(t, ask("one", "first", 2_000_000))["kind"], "it has no ticket")
	until := ticket("first")
	require.Equal(t, "done", ask("one", "first", until)["state"])
	ticket("second")
	require.Equal(t, "overtaken", errorOf(t, ask("two", "first", until))["kind"])
	require.Equal(t, "done", ask("one", "first", until)["state"], "what was started is told")
	require.Equal(t, false, s.call(t, "job-poll", object{"id": "two", "offset": 0}, "")["exists"])

	until = ticket("first")
	ahead.Store(30_001)
	require.Equal(t, "late", errorOf(t, ask("two", "first", until))["kind"])
	s.call(t, "job-find", object{"run": "third", "work": "x"}, "")
	require.Equal(t, "done", ask("two", "first", ticket("first"))["state"], "a mere look takes nobody's ticket")
}

func TestAJobThatIsQueuedForTooLongOrOvertakenThereIsNeverBegun(t *testing.T) {
	for kind, meanwhile := range map[string]func(s *site, pass func()){
		"overtaken": func(s *site, _ func()) { s.call(t, "job-find", object{"run": "other", "ticket": "u"}, "") },
		"late":      func(_ *site, pass func()) { pass() },
	} {
		t.Run(kind, func(t *testing.T) {
			var ahead atomic.Int64
			s := start(t, func(c *windows.Config) { c.Tick = func() time.Time { return time.UnixMilli(ahead.Load()) } })
			s.host.Hold(true)
			require.Equal(t, "queued", s.job(t, "job", "cmdlet", install)["state"])
			meanwhile(s, func() { ahead.Store(30_001) })
			s.host.Hold(false)
			require.Equal(t, kind, s.poll(t, "job", "failed")["result"].(object)["error"].(object)["kind"])
			require.Empty(t, s.mirrored)
		})
	}
}

func TestAHostWaitsForTheEndOfAJobForAsLongAsItIsTold(t *testing.T) {
	s := start(t, nil)
	require.Equal(t, "done", s.call(t, "job-start", object{
		"id": "short", "ask": "a", "kind": "copy", "runAs": `LITWARE\ops`, "wait": 10_000, "request": copyRequest(),
	}, password)["state"], "one call starts it and brings its result")
	release := s.hold()
	defer release()
	s.job(t, "long", "cmdlet", object{"module": "Lync", "cmdlet": "Install-CsMirrorDatabase", "parameters": object{
		"DatabaseType": "PersistentChat", "SqlServerFqdn": "sql11.litwareinc.com", "SqlInstanceName": "RTC", "FileShare": `\\FS01\LogShip`,
	}})
	require.Equal(t, "running", s.poll(t, "long", "running")["state"])
	time.AfterFunc(20*time.Millisecond, release)
	require.Equal(t, "done", s.call(t, "job-poll", object{"id": "long", "offset": 0, "wait": 10_000}, "")["state"])
}

func TestAJobNeedsThePasswordOfItsAccount(t *testing.T) {
	s := start(t, nil)
	for _, runAs := range []string{`LITWARE\ops`, `LITWARE\nobody`} {
		refusal := errorOf(t, s.call(t, "job-start", object{"id": "x", "kind": "copy", "runAs": runAs, "request": copyRequest()}, "guess"))
		require.Equal(t, "win32", refusal["kind"])
		require.Equal(t, 1326.0, refusal["code"])
		require.Equal(t, "The user name or password is incorrect.", refusal["message"])
	}
	require.Equal(t, false, s.call(t, "job-poll", object{"id": "x", "offset": 0}, "")["exists"])
}

func TestWhatIsNoJobIsRefused(t *testing.T) {
	s := start(t, nil)
	for name, request := range map[string]object{
		"id":        {"id": "../x", "kind": "copy", "request": copyRequest()},
		"kind":      {"id": "x", "kind": "format", "request": object{}},
		"cmdlet":    {"id": "x", "kind": "cmdlet", "request": object{"module": "Lync", "cmdlet": "Remove-CsPersistentChatRoom", "parameters": object{}}},
		"file name": {"id": "x", "kind": "copy", "request": copyRequest(`..\x`)},
	} {
		t.Run(name, func(t *testing.T) {
			request["runAs"] = `LITWARE\ops`
			require.Equal(t, "refused", errorOf(t, s.call(t, "job-start", request, password))["kind"])
		})
	}
}

func TestAJobOutlivesShellAndConnectionButNotThePower(t *testing.T) {
	s := start(t, nil)
	release := s.hold()
	defer release()
	s.job(t, "survivor", "cmdlet", install)
	s.server.CloseShells()
	s.link.Cut()
	require.Equal(t, "running", s.poll(t, "survivor", "running")["state"])
	release()
	answer := s.poll(t, "survivor", "done")
	require.Equal(t, "Backing up mgc\nMirroring of mgc is established.\n", logOf(t, answer))
	require.Equal(t, object{"ok": true}, answer["result"])
	require.Equal(t, windows.Mirror{SQLServerFQDN: "sql11.litwareinc.com", Instance: "RTC", FileShare: `\\FS01\LogShip`}, s.mirrored)

	release = s.hold()
	defer release()
	s.set(func() { s.mirrored = windows.Mirror{} })
	s.job(t, "victim", "cmdlet", install)
	s.poll(t, "victim", "running")
	s.link.Down()
	s.host.PowerOff()
	release()
	s.host.PowerOn()
	require.NoError(t, s.link.Up())
	answer = s.poll(t, "victim", "killed")
	require.Nil(t, answer["result"])
	require.Empty(t, s.mirrored, "what was killed has no effect")
	require.Equal(t, false, s.job(t, "victim", "cmdlet", install)["started"], "the id is spent")
}

func TestAKilledCopyLeavesItsPartAndTheNextOneCompletes(t *testing.T) {
	s := start(t, func(c *windows.Config) { c.CopyRate = func() int64 { return 1 << 20 } })
	write(t, s.share, "a.trn", strings.Repeat("content of a", 20_000))
	release := s.hold()
	defer release()
	s.job(t, "first", "copy", copyRequestOf(240_000, "a.trn"))
	require.Eventually(t, func() bool { return len(names(t, s.copies)) == 1 }, eventually, tick)
	require.Equal(t, true, s.call(t, "job-stop", object{"id": "first"}, "")["stopped"])
	require.Equal(t, "killed", s.poll(t, "first", "killed")["state"])
	require.Equal(t, false, s.call(t, "job-stop", object{"id": "first"}, "")["stopped"])
	release()
	s.job(t, "second", "copy", copyRequestOf(240_000, "a.trn"))
	s.poll(t, "second", "done")
	require.Equal(t, []string{".first.0.part", "a.trn"}, names(t, s.copies))
	require.Equal(t, content(t, s.share, "a.trn"), content(t, s.copies, "a.trn"))
}

func TestAShareThatVanishesFailsTheFile(t *testing.T) {
	s := start(t, func(c *windows.Config) { c.CopyRate = func() int64 { return 1 << 20 } })
	write(t, s.share, "a.trn", strings.Repeat("content of a", 20_000))
	release := s.hold()
	defer release()
	s.job(t, "copy", "copy", copyRequestOf(240_000, "a.trn"))
	require.Eventually(t, func() bool { return len(names(t, s.copies)) == 1 }, eventually, tick)
	s.set(func() { s.offline = true })
	release()
	result := s.poll(t, "copy", "failed")["result"].(object)
	require.Equal(t, 64.0, result["failed"].([]any)[0].(object)["error"].(object)["code"])
	require.Empty(t, names(t, s.copies), "the part was removed")
}

func TestAFullVolumeTakesWhatIsThereAndNothingElse(t *testing.T) {
	s := start(t, func(c *windows.Config) { c.Free = func(string) int64 { return 11 } })
	write(t, s.share, "a.trn", "content of a")
	write(t, s.copies, "b.trn", "content of b")
	s.job(t, "copy", "copy", copyRequest("a.trn", "b.trn"))
	result := s.poll(t, "copy", "failed")["result"].(object)
	require.Equal(t, 112.0, result["failed"].([]any)[0].(object)["error"].(object)["code"])
	require.Equal(t, []string{"b.trn"}, names(t, s.copies))
}

func TestCmdletJobs(t *testing.T) {
	for name, c := range map[string]struct {
		cmdlet     string
		parameters object
		state      string
		check      func(t *testing.T, s *site, result object)
	}{
		"pool state": {"Set-CsPersistentChatState", object{"Identity": "service:pchat.litwareinc.com", "PoolState": "FailedOver", "Confirm": false}, "done", func(t *testing.T, s *site, _ object) {
			require.Equal(t, "FailedOver", s.state)
		}},
		"pool state by default": {"Set-CsPersistentChatState", object{"Identity": "service:pchat.litwareinc.com"}, "done", func(t *testing.T, s *site, _ object) {
			require.Equal(t, "Normal", s.state)
		}},
		"active servers": {"Set-CsPersistentChatActiveServer", object{"Identity": "PersistentChatServer:pchat.litwareinc.com", "ActiveServers": object{"$replace": []string{"chat11.litwareinc.com", "chat12.litwareinc.com"}}}, "done", func(t *testing.T, s *site, _ object) {
			require.Equal(t, []string{"chat11.litwareinc.com", "chat12.litwareinc.com"}, s.active)
		}},
		"no active servers": {"Set-CsPersistentChatActiveServer", object{"ActiveServers": nil}, "done", func(t *testing.T, s *site, _ object) {
			require.Empty(t, s.active)
		}},
		"what if": {"Set-CsPersistentChatState", object{"Identity": "service:pchat.litwareinc.com", "PoolState": "FailedOver", "WhatIf": true}, "done", func(t *testing.T, s *site, _ object) {
			require.Equal(t, "Normal", s.state)
		}},
		"database failover": {"Invoke-CsDatabaseFailover", object{"PoolFqdn": "pchat.litwareinc.com", "DatabaseType": "PersistentChat", "NewPrincipal": "Mirror"}, "done", func(t *testing.T, _ *site, r object) {
			require.Equal(t, object{"ok": true}, r, "what it wrote is in the log")
		}},
		"unknown pool": {"Set-CsPersistentChatState", object{"Identity": "service:other", "PoolState": "FailedOver"}, "failed", func(t *testing.T, _ *site, r object) {
			require.Equal(t, object{"kind": "cmdlet", "code": 0.0, "id": "PoolNotFound", "category": "ObjectNotFound", "message": "no such pool", "path": ""}, r["error"])
		}},
		"unknown parameter": {"Set-CsPersistentChatState", object{"Identity": "service:pchat.litwareinc.com", "Poolstat": "FailedOver", "Frob": 1}, "failed", func(t *testing.T, _ *site, r object) {
			require.Contains(t, r["error"].(object)["id"], "NamedParameterNotFound")
		}},
		"missing parameter": {"Install-CsMirrorDatabase", object{"DatabaseType": "PersistentChat", "SqlServerFqdn": "sql11.litwareinc.com"}, "failed", func(t *testing.T, _ *site, r object) {
			require.Contains(t, r["error"].(object)["message"], "FileShare")
		}},
		"another database": {"Install-CsMirrorDatabase", object{"DatabaseType": "PersistentChatCompliance", "SqlServerFqdn": "sql11.litwareinc.com", "FileShare": `\\FS01\LogShip`}, "failed", func(t *testing.T, _ *site, r object) {
			require.Contains(t, r["error"].(object)["message"], "PersistentChatCompliance")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, nil)
			s.job(t, "job", "cmdlet", object{"module": "Lync", "cmdlet": c.cmdlet, "parameters": c.parameters})
			result := s.poll(t, "job", "done", "failed")
			require.Equal(t, c.state, result["state"], "%v", result["result"])
			s.set(func() { c.check(t, s, result["result"].(object)) })
		})
	}
}

func TestAHostWithoutTheManagementShellSaysSo(t *testing.T) {
	s := start(t, func(c *windows.Config) { c.Modules = nil })
	s.job(t, "job", "cmdlet", object{"module": "Lync", "cmdlet": "Set-CsPersistentChatState", "parameters": object{"Identity": "service:pchat.litwareinc.com"}})
	result := s.poll(t, "job", "failed")["result"].(object)
	require.Equal(t, "module", result["error"].(object)["kind"])
	_, errs, exit := s.run(t, "powershell -Command Get-CsPersistentChatState", "")
	require.Equal(t, 1, exit)
	require.Contains(t, errs, "CommandNotFoundException")
}

// What goes wrong before a job begins has done nothing, and what the host tells says
// so; what goes wrong later leaves the outcome open.
func TestFaultsOfJobsSayWhetherAnythingWasDone(t *testing.T) {
	for fault, c := range map[string]struct {
		state, kind string
		code        float64
		done        bool
	}{
		"launch":      {"failed", "unbegun", 2, false},
		"batch-right": {"failed", "unbegun", 1385, false},
		"blocked":     {"failed", "unbegun", 0, false},
		"damaged":     {"killed", "", 0, true},
		"none":        {"done", "", 0, true},
	} {
		t.Run(fault, func(t *testing.T) {
			s := start(t, nil)
			require.NoError(t, s.host.SetJobs(fault))
			s.job(t, "job", "cmdlet", install)
			view := s.poll(t, "job", c.state)
			if c.kind != "" {
				why := view["result"].(object)["error"].(object)
				require.Equal(t, c.kind, why["kind"])
				require.Equal(t, c.code, why["code"])
				require.Contains(t, why["message"], "Nothing was done.")
			}
			s.set(func() { require.Equal(t, c.done, s.mirrored.SQLServerFQDN != "") })
		})
	}
	s := start(t, nil)
	require.NoError(t, s.host.SetJobs("register"))
	require.Equal(t, 5.0, errorOf(t, s.job(t, "job", "cmdlet", install))["code"])
	require.Equal(t, false, s.call(t, "job-poll", object{"id": "job", "offset": 0}, "")["exists"])
	require.Error(t, s.host.SetJobs("other"))
}

// A job that runs shows that by what it holds open, whatever the Task Scheduler
// tells; of a dead one without result nothing is known then.
func TestAJobThatRunsIsSeenWithoutTheTaskScheduler(t *testing.T) {
	s := start(t, nil)
	release := s.hold()
	defer release()
	s.job(t, "job", "cmdlet", install)
	s.poll(t, "job", "running")
	require.NoError(t, s.host.SetJobs("query"))
	s.poll(t, "job", "running")
	s.host.PowerOff()
	s.host.PowerOn()
	require.Equal(t, 1722.0, errorOf(t, s.call(t, "job-poll", object{"id": "job", "offset": 0}, ""))["code"])
	require.NoError(t, s.host.SetJobs("none"))
	s.poll(t, "job", "killed")
}
