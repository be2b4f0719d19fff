package mgmt

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/procedures"
)

// folders makes the backup share and the copy folder of a copy.
func folders(t *testing.T, share, copies map[string]string) (from, to string) {
	t.Helper()
	from, to = t.TempDir(), t.TempDir()
	for folder, files := range map[string]map[string]string{from: share, to: copies} {
		for name, content := range files {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
		}
	}
	return from, to
}

func TestPowerShellCopiesUnderAliasesAndRefusesWhatItShould(t *testing.T) {
	root := t.TempDir()
	from, to := folders(t,
		map[string]string{"new.trn": "one", "there.trn": "two", "short.trn": "three", "taken.trn": "one", "alias.trn": "two", "spent.trn": "two"},
		map[string]string{
			"there.trn": "two", "short.trn": "thr", "taken.trn": "eno", "alias.trn": "owt", "alias.share.trn": "two", "spent.trn": "owt", "spent.share.trn": "wot",
		})
	files := newCopyRequest(from, to, []procedures.Copying{
		asked("new.trn", 3), asked("there.trn", 3), asked("short.trn", 5), asked("gone.trn", 3),
		{Backup: asked("taken.trn", 3).Backup, As: "taken.share.trn"},
		{Backup: asked("alias.trn", 3).Backup, As: "alias.share.trn"},
		{Backup: asked("spent.trn", 3).Backup, As: "spent.share.trn"},
	})
	start := func(id, ask, ticket string, notAfter int64, r copyRequest) asking {
		return asking{script: JobStart(copyJob), request: startRequest{
			ID: id, Ask: ask, By: "alice on jump01", Kind: copyJob, RunAs: `LITWARE\ops`, Wait: 20_000, Request: r,
			Run: "run-1", Ticket: ticket, NotAfter: notAfter, Work: "copy",
		}}
	}
	want := func(a asking, text string) asking { a.want = text; return a }
	now := time.Now().UnixMilli()
	nothing := "Another console drives this site now, or the request has come too late. Nothing was started."
	outside := newCopyRequest(from, to, []procedures.Copying{{Backup: asked("new.trn", 3).Backup, As: "../new.trn"}})
	one, two := "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed", "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"
	brought := func(name, sum string, kept bool) string {
		return fmt.Sprintf(`{"n":%q,"len":3,"sha256":%q,"kept":%t}`, name, sum, kept)
	}
	taken := func(name string) string {
		return fmt.Sprintf(`{"n":%q,"error":{"kind":"refused","code":0,"id":"","category":"","message":"A file of this name and other content is in the copy folder. It was not touched.","path":%[1]q}}`, name)
	}
	view := `{"ok":true,"exists":true,"state":"failed","log":"LOG","next":0,"task":false,
		"status":{"file":"","bytes":12,"totalBytes":23,"filesDone":7,"filesTotal":7},
		"result":{"ok":false,"files":[` + strings.Join([]string{
		brought("new.trn", one, false), brought("there.trn", two, true), brought("taken.trn", one, false), brought("alias.trn", two, true),
	}, ",") + `],"failed":[` + taken("short.trn") + `,
		{"n":"gone.trn","error":{"kind":"win32","code":2,"id":"FileNotFoundException","category":"NotSpecified","message":"Could not find file 'FROM/gone.trn'.","path":"gone.trn"}},
		` + taken("spent.trn") + `]}`
	noFolder := `{"ok":true,"exists":true,"state":"failed","log":"LOG","next":0,"task":false,"started":true,"status":null,"result":{
		"ok":false,"files":[],"failed":[],"error":{"kind":"win32","code":3,"id":"DirectoryNotFoundException","category":"NotSpecified",
		"message":"Could not find a part of the path 'TO/gone'.","path":"TO/gone"}}}`
	find := func(run, ticket, work, was string) asking {
		return asking{JobFind, findRequest{Run: run, Ticket: ticket, Work: work}, `{"ok":true,"now":0,"was":"` + was + `","jobs":[]}`}
	}

	askWindows(t, root, replacing(from, "FROM", to, "TO"),
		want(start("copy-1", "a", "first", now+600_000, files), failed("overtaken", 0, "", "", nothing, "")),
		find("run-1", "first", "", ""),
		want(start("copy-1", "a", "first", now-1, files), failed("late", 0, "", "", nothing, "")),
		want(start("copy-1", "a", "first", now+600_000, outside), failed("refused", 0, "", "", "A file name is none.", "")),
		want(start("../x", "a", "first", now+600_000, files), failed("refused", 0, "This is no job id.", "OperationStopped", "This is no job id.", "")),
		want(start("copy-1", "a", "first", now+600_000, files), view+`,"started":true}`),
		want(start("copy-1", "a", "first", now+600_000, files), view+`,"started":true}`),
		want(start("copy-0", "a", "first", now+600_000, newCopyRequest(from, to+"/gone", nil)), noFolder),
		find("run-2", "second", "copy", "first"),
		want(start("copy-1", "b", "first", now+600_000, files), view+`,"started":false}`),
		want(start("copy-2", "c", "first", now+600_000, files), failed("overtaken", 0, "", "", nothing, "")),
		asking{JobPoll, pollRequest{ID: "copy-2"}, `{"ok":true,"exists":false,"state":"","log":"LOG","next":0,"status":null,"result":null,"task":false}`},
	)
	for name, content := range map[string]string{"new.trn": "one", "short.trn": "thr", "taken.trn": "eno", "taken.share.trn": "one", "spent.share.trn": "wot"} {
		got, err := os.ReadFile(filepath.Join(to, name))
		require.NoError(t, err)
		require.Equal(t, content, string(got), name)
	}
	left, err := filepath.Glob(filepath.Join(to, ".*"))
	require.NoError(t, err)
	require.Empty(t, left, "no part is left behind")
}

// replacing puts names for folders, and for what differs from call to call.
func replacing(pairs ...string) answerNames {
	return answerNames{strings.NewReplacer(pairs...)}
}

// answerNames also takes out the log, whose text is nobody's to decide by, and
// the clock.
type answerNames struct{ *strings.Replacer }

var varies = regexp.MustCompile(`"(log)":"[^"]*","next":\d+|"(now)":\d+|"since":"[^"]*"`)

func (n answerNames) Replace(answer string) string {
	return varies.ReplaceAllStringFunc(n.Replacer.Replace(answer), func(found string) string {
		switch {
		case strings.HasPrefix(found, `"log"`):
			return `"log":"LOG","next":0`
		case strings.HasPrefix(found, `"now"`):
			return `"now":0`
		}
		return `"since":"TIME"`
	})
}

// What the Task Scheduler does not tell is not known: the job is neither dead nor
// not there.
func TestPowerShellTakesNoUnreadTaskForADeadJob(t *testing.T) {
	root := t.TempDir()
	put := func(name, content string) {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	for _, id := range []string{"lives", "damaged", "emptied", "waits"} {
		put("ProgramData/pchatops/jobs/"+id+"/job.json", `{"id":"`+id+`","ask":"a","by":"alice","run":"run-1","work":"`+id+`"}`)
		put("ProgramData/pchatops/jobs/"+id+"/log.txt", "")
	}
	put("ProgramData/pchatops/jobs/lives/begun", "")
	put("tasks/pchatops-lives/pid", fmt.Sprint(os.Getpid()))
	put("ProgramData/pchatops/jobs/damaged/result.json", `{"ok":tr`)
	put("ProgramData/pchatops/jobs/emptied/result.json", "")
	put("ProgramData/pchatops/jobs/emptied/job.json", "")
	require.NoError(t, os.Remove(filepath.Join(root, "ProgramData/pchatops/jobs/waits/log.txt")))
	put("tasks/pchatops-waits/queued", "")
	put("faults/State", "0x80004005\n0x80004005\n0x80004005\n0x80004005\n")
	untold := "The Task Scheduler does not tell the state of the task."
	unread := failed("win32", 0, untold, "OperationStopped", untold, "")
	away := failed("win32", 1722, "ScriptMethodRuntimeException", "NotSpecified", "The RPC server is unavailable.", "")
	view := func(state string) string {
		return `{"ok":true,"exists":true,"state":"` + state + `","log":"LOG","next":0,"status":null,"result":null,"task":false}`
	}
	poll := func(id string, wait int64, want string) asking {
		return asking{JobPoll, pollRequest{ID: id, Wait: wait}, want}
	}
	seek := func(want string) asking { return asking{JobFind, findRequest{Run: "run-2", Work: "lives"}, want} }
	askWindows(t, root, replacing(),
		poll("lives", 0, unread),
		asking{JobStop, idRequest{"lives"}, unread},
		seek(unread),
		poll("lives", 300, view("running")), // the next look tells
		poll("lives", 0, view("running")),
		seek(`{"ok":true,"now":0,"was":"","jobs":[{"id":"lives","state":"running","since":"TIME","by":"alice","run":"run-1","over":0}]}`),
		poll("damaged", 0, view("killed")),
		poll("emptied", 0, view("killed")),
		poll("waits", 0, view("queued")),
		asking{JobFind, findRequest{Run: "run-2", Ticket: "second"}, `{"ok":true,"now":0,"was":"","jobs":[]}`},
		poll("waits", 0, strings.NewReplacer("queued", "failed", `"result":null`,
			`"result":`+failed("overtaken", 0, "", "", "Another console drives now.", "")).Replace(view("queued"))),
		asking{JobStart(copyJob), startRequest{
			ID: "emptied", Ask: "b", Kind: copyJob, RunAs: `LITWARE\ops`, Request: newCopyRequest("/", "/", nil), Run: "run-2", NotAfter: 1,
		}, strings.Replace(view("killed"), "}", `,"started":false}`, 1)},
	)
	put("faults/GetTask", "0x800706BA\n0x800706BA\n0x800706BA\n")
	askWindows(t, root, replacing(), poll("lives", 0, away), asking{JobStop, idRequest{"lives"}, away}, seek(away))
}

// The job and the console remove the task of a job that has ended, and either may
// be the second. What counts is whether a task with a password is still there.
func TestPowerShellTellsOfATaskOnlyWhileItIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		look string // the look after a removal that failed
		left bool
	}{
		"removed meanwhile":    {"0x80070002", false},
		"still there":          {"ok", true},
		"not to be looked for": {"0x800706BA", true},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			put := func(name, content string) {
				path := filepath.Join(root, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
				require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			}
			put("ProgramData/pchatops/jobs/ended/job.json", `{"id":"ended","ask":"a","by":"alice","run":"run-1","work":"ended"}`)
			put("ProgramData/pchatops/jobs/ended/log.txt", "")
			put("ProgramData/pchatops/jobs/ended/result.json", `{"ok":true}`)
			put("tasks/pchatops-ended/exit", "0")
			put("faults/GetTask", "ok\n"+c.look+"\n")
			put("faults/DeleteTask", "0x80070003\n")
			askWindows(t, root, replacing(), asking{JobPoll, pollRequest{ID: "ended"}, fmt.Sprintf(
				`{"ok":true,"exists":true,"state":"done","log":"LOG","next":0,"status":null,"result":{"ok":true},"task":%t}`, c.left)})
		})
	}
}
