package mgmt

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

// write puts a file into the share or the copy folder.
func (e *estate) write(t *testing.T, folder, name, content string) procedures.Copying {
	t.Helper()
	require.NoError(t, os.WriteFile(e.file(folder, name), []byte(content), 0o600))
	return asked(name, int64(len(content)))
}

func asked(name string, bytes int64) procedures.Copying {
	return procedures.Copying{Backup: procedures.Backup{Name: name, Bytes: bytes}}
}

func TestShareAndCopyFolderAreListedInOneRoundTrip(t *testing.T) {
	e := newEstate(t)
	const many = 5000
	for i := range many {
		e.write(t, share, fmt.Sprintf("mgc_%014d.trn", i), "x")
	}
	e.write(t, share, "readme.txt", "no backup")
	e.write(t, copyF, "mgc_00000000000001.trn", "four")
	taken := time.Date(2026, 11, 21, 2, 45, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(e.file(copyF, "mgc_00000000000001.trn"), taken, taken))

	got, err := filesOn(t, fast(), newMachine(t, e, "SQL11", nil)).List(t.Context(), share, copyF)
	require.NoError(t, err)
	require.NoError(t, got.ShareErr)
	require.NoError(t, got.CopyErr)
	require.Len(t, got.Share, many)
	require.Equal(t, 1, got.Others, "what is no log backup by its name is counted")
	require.Equal(t, []string{"readme.txt"}, got.Some)
	require.Equal(t, []procedures.Backup{{Name: "mgc_00000000000001.trn", Bytes: 4, Modified: taken}}, got.Copied)
	require.Equal(t, "SQL11", got.Host)
	require.Positive(t, got.Free)
}

func TestAnUnreadableShareIsNotTheEnd(t *testing.T) {
	e := newEstate(t)
	e.write(t, copyF, "mgc_1.trn", "x")
	got, err := filesOn(t, fast(), newMachine(t, e, "SQL11", nil)).List(t.Context(), `\\FS02\Gone`, copyF)
	require.NoError(t, err)
	require.Len(t, got.Copied, 1)
	require.Empty(t, got.Share)
	require.Equal(t, fault.Unreachable, fault.ClassOf(got.ShareErr))
	require.ErrorContains(t, got.ShareErr, "53")
	require.ErrorContains(t, got.ShareErr, `\\FS02\Gone`)
}

func TestAShareThatNeedsTheRunAsAccountIsReadWithIt(t *testing.T) {
	refused := `{"ok":true,"folders":[{"id":"share","files":[],"error":{"kind":"win32","code":5,"message":"Access is denied."}},{"id":"copy","files":[]}],"free":1}`
	listed := `{"ok":true,"folders":[{"id":"share","files":[{"n":"mgc_1.trn","len":1,"mtime":""}]},{"id":"copy","files":[]}],"free":1}`
	withAccount := false
	p := newPeer(t, map[string]http.HandlerFunc{
		send: func(w http.ResponseWriter, r *http.Request) {
			withAccount = strings.Contains(stdinOf(t, r), `"runAs":"LITWARE\\svc-jobs"`)
			answer(w, 200, replies[send])
		},
		receive: func(w http.ResponseWriter, _ *http.Request) {
			answer(w, 200, received(map[bool]string{false: refused, true: listed}[withAccount], "", 0))
		},
	})
	h := p.host(t, func(h *site.Host, _ *Options) {
		h.RunAs = site.Credential{User: `LITWARE\svc-jobs`, Source: site.FromPrompt}
	})
	f := NewFiles(&Hosts{all: []*Host{h}}, fast())
	for range 2 {
		got, err := f.List(t.Context(), share, copyF)
		require.NoError(t, err)
		require.NoError(t, got.ShareErr)
		require.Len(t, got.Share, 1)
	}
	require.Equal(t, 2, p.count(runs), "one process a listing: the script itself uses the account only where it is needed")
}

func TestAShareThatNobodyMayReadSaysSo(t *testing.T) {
	p := newPeer(t, on(receive, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 200, received(`{"ok":true,"folders":[{"id":"share","files":[],"error":{"kind":"win32","code":5,"message":"Access is denied."}},{"id":"copy","files":[]}],"free":1}`, "", 0))
	}))
	h := p.host(t, func(h *site.Host, _ *Options) {
		h.RunAs = site.Credential{User: `LITWARE\svc-jobs`, Source: site.FromPrompt}
	})
	got, err := NewFiles(&Hosts{all: []*Host{h}}, fast()).List(t.Context(), share, copyF)
	require.NoError(t, err)
	require.Equal(t, fault.Access, fault.ClassOf(got.ShareErr))
	require.NoError(t, got.CopyErr)
}

// stdinOf gives what a Send message brings, its lines decoded.
func stdinOf(t *testing.T, r *http.Request) (text string) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	_, stream, _ := strings.Cut(string(body), "<rsp:Stream")
	_, stream, _ = strings.Cut(stream, ">")
	stream, _, _ = strings.Cut(stream, "<")
	for _, line := range strings.Fields(string(decoded(t, stream))) {
		text += string(decoded(t, line)) + "\n"
	}
	return text
}

func TestAListingWithNamesThatAreNoneIsRefused(t *testing.T) {
	for _, name := range []string{`..\\..\\evil.trn`, "a/b.trn", "c:x.trn", "", ".."} {
		p := newPeer(t, on(receive, func(w http.ResponseWriter, _ *http.Request) {
			answer(w, 200, received(`{"ok":true,"folders":[{"id":"share","files":[{"n":"`+name+`","len":1,"mtime":""}]},{"id":"copy","files":[]}],"free":1}`, "", 0))
		}))
		h := p.host(t, nil)
		got, err := NewFiles(&Hosts{all: []*Host{h}}, fast()).List(t.Context(), share, copyF)
		require.NoError(t, err)
		require.Equal(t, fault.Other, fault.ClassOf(got.ShareErr), "%q", name)
		require.NoError(t, got.CopyErr)
	}
}

func TestAFolderThatTheAnswerLeavesOutIsNotTakenForEmpty(t *testing.T) {
	p := newPeer(t, nil)
	got, err := NewFiles(&Hosts{all: []*Host{p.host(t, nil)}}, fast()).List(t.Context(), share, copyF)
	require.NoError(t, err)
	require.Error(t, got.ShareErr)
	require.Error(t, got.CopyErr)
}

func TestMissingBackupsAreCopiedAndProven(t *testing.T) {
	e := newEstate(t)
	files := []procedures.Copying{
		e.write(t, share, "mgc_1.trn", strings.Repeat("one", 100_000)),
		e.write(t, share, "mgc_2.trn", "two"),
		e.write(t, share, "mgc_3.trn", "three"),
	}
	e.write(t, copyF, "mgc_2.trn", "two")
	f := filesOn(t, fast(), newMachine(t, e, "SQL11", nil))
	a := f.Copy(share, copyF, files)
	require.Equal(t, engine.File, a.Kind)
	require.Contains(t, a.Text, `Copy-Item -LiteralPath '\\FS01\LogShip\mgc_1.trn' -Destination 'E:\LogShip'`)

	r := &reporter{}
	require.NoError(t, a.Do(t.Context(), r))
	for _, file := range files {
		want, err := os.ReadFile(e.file(share, file.Name))
		require.NoError(t, err)
		got, err := os.ReadFile(e.file(copyF, file.Name))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.Contains(t, r.facts["copied"], "2 files, 300005 bytes")
	require.Contains(t, r.facts["kept"], "1 files")
	last := r.progress[len(r.progress)-1]
	require.Equal(t, int64(300_008), last.Done)
	require.InDelta(t, 100, last.Percent, 0.001)
	parts, err := filepath.Glob(e.file(copyF, ".*.part"))
	require.NoError(t, err)
	require.Empty(t, parts, "nothing half copied is left")

	sums, err := f.Hash(t.Context(), copyF, []string{"mgc_2.trn", "mgc_9.trn"})
	require.NoError(t, err)
	require.Equal(t, map[string]Digest{"mgc_2.trn": {3, "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"}}, sums)

	took, err := a.Settle(t.Context())
	require.NoError(t, err)
	require.True(t, took)
}

func TestAFileWithOtherContentIsNeverOverwritten(t *testing.T) {
	e := newEstate(t)
	files := []procedures.Copying{e.write(t, share, "mgc_1.trn", "one"), e.write(t, share, "mgc_2.trn", "two")}
	e.write(t, copyF, "mgc_1.trn", "eno")
	err := filesOn(t, fast(), newMachine(t, e, "SQL11", nil)).Copy(share, copyF, files).Do(t.Context(), &reporter{})
	require.Equal(t, fault.Refused, fault.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "mgc_1.trn")
	kept, err := os.ReadFile(e.file(copyF, "mgc_1.trn"))
	require.NoError(t, err)
	require.Equal(t, "eno", string(kept))
	require.FileExists(t, e.file(copyF, "mgc_2.trn"), "the others are copied all the same")
}

func TestAFileThatDisappearsIsNamed(t *testing.T) {
	e := newEstate(t)
	files := []procedures.Copying{asked("mgc_1.trn", 3), asked("mgc_2.trn", 3), e.write(t, share, "mgc_3.trn", "three")}
	err := filesOn(t, fast(), newMachine(t, e, "SQL11", nil)).Copy(share, copyF, files).Do(t.Context(), &reporter{})
	require.Equal(t, fault.NotFound, fault.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "mgc_1.trn")
	require.ErrorContains(t, err, "and 1 more files")
	require.FileExists(t, e.file(copyF, "mgc_3.trn"))
}

// A broken copy stays where it is; what the share holds gets a name of its own.
func TestAFileWhoseNameIsTakenIsCopiedUnderAnother(t *testing.T) {
	e := newEstate(t)
	file := e.write(t, share, "mgc_1.trn", "one")
	file.As = "mgc_1.share.trn"
	e.write(t, copyF, "mgc_1.trn", "eno")
	f := filesOn(t, fast(), newMachine(t, e, "SQL11", nil))
	a := f.Copy(share, copyF, []procedures.Copying{file})
	require.Contains(t, a.Text, `-Destination 'E:\LogShip\mgc_1.share.trn'`)
	require.NoError(t, a.Do(t.Context(), &reporter{}))
	for name, want := range map[string]string{"mgc_1.trn": "eno", "mgc_1.share.trn": "one"} {
		got, err := os.ReadFile(e.file(copyF, name))
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
	alike, err := f.Alike(t.Context(), share, copyF, []string{"mgc_1.trn", "mgc_9.trn"})
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"mgc_1.trn": false}, alike, "nothing is said of what is not there")
}

func TestFilesAreComparedByTheirBeginnings(t *testing.T) {
	e := newEstate(t)
	head := strings.Repeat("header", beginning/6+1)
	e.write(t, share, "mgc_1.trn", head+"a")
	e.write(t, copyF, "mgc_1.trn", head+"b")
	e.write(t, share, "mgc_2.trn", "x"+head)
	e.write(t, copyF, "mgc_2.trn", "y"+head)
	e.write(t, share, "mgc_3.trn", head)
	e.write(t, copyF, "mgc_3.trn", head+"longer")
	got, err := filesOn(t, fast(), newMachine(t, e, "SQL11", nil)).Alike(t.Context(), share, copyF, []string{"mgc_1.trn", "mgc_2.trn", "mgc_3.trn"})
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"mgc_1.trn": true, "mgc_2.trn": false, "mgc_3.trn": false}, got)
}

// A name that no Windows program can open is the finding of one file.
func TestAnImpossibleNameIsNotTheListingsEnd(t *testing.T) {
	for name, says := range map[string]string{
		"mgc_\xff\xfe.trn": "no valid text", "mgc_\u0007.trn": "control characters", "mgc_a:b.trn": "does not take", "mgc_*.trn": "does not take",
	} {
		e := newEstate(t)
		e.write(t, share, "mgc_1.trn", "one")
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(e.file(share, "mgc_1.trn")), name), []byte("x"), 0o600))
		got, err := filesOn(t, fast(), newMachine(t, e, "SQL11", nil)).List(t.Context(), share, copyF)
		require.NoError(t, err)
		require.NoError(t, got.ShareErr)
		require.Len(t, got.Share, 2, "%q", name)
		strange := 0
		for _, b := range got.Share {
			if b.Strange != "" {
				strange++
				require.Contains(t, b.Strange, says)
			}
		}
		require.Equal(t, 1, strange)
	}
}

func TestANameThatLeavesTheFolderIsNotSent(t *testing.T) {
	e := newEstate(t)
	f := filesOn(t, fast(), newMachine(t, e, "SQL11", nil))
	err := f.Copy(share, copyF, []procedures.Copying{asked(`..\boot.ini`, 0)}).Do(t.Context(), &reporter{})
	require.Equal(t, fault.Refused, fault.ClassOf(err))
}

func TestAResultThatDoesNotSpeakOfEveryFileIsNoProof(t *testing.T) {
	res := jobResult{OK: true, Files: []copied{{Name: "mgc_1.trn", SHA256: strings.Repeat("0", 64)}, {Name: "mgc_2.trn"}}}
	require.NoError(t, res.complete([]procedures.Copying{asked("mgc_1.trn", 0)}, "SQL11"))
	require.Error(t, res.complete([]procedures.Copying{asked("mgc_2.trn", 0)}, "SQL11"), "a file without a sum")
	require.Error(t, res.complete([]procedures.Copying{asked("mgc_3.trn", 0)}, "SQL11"))
}
