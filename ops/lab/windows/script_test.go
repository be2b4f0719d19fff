package windows_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/windows"
)

func write(t *testing.T, folder, name, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
}

func sum(content string) string {
	h := sha256.Sum256([]byte(content))
	return hex.EncodeToString(h[:])
}

func TestHostFacts(t *testing.T) {
	s := start(t, nil)
	require.Equal(t, object{
		"ok": true, "computer": "SQL11", "user": `LITWARE\ops`, "powershell": "5.1.14409.1005", "bits": 64.0,
		"modules": []any{"Lync"}, "time": "2026-11-21T02:45:00.000Z",
	}, s.call(t, "host-facts", object{}, ""))
}

func TestOneUnreadableFolderDoesNotHideTheOther(t *testing.T) {
	s := start(t, func(c *windows.Config) { c.Free = func(string) int64 { return 993 } })
	write(t, s.copies, "mgc_20261121024500.trn", "12345")
	write(t, s.copies, "mgc_20261121024500.TRN.old", "xx")
	require.NoError(t, os.Chtimes(filepath.Join(s.copies, "mgc_20261121024500.trn"), time.Time{}, time.Date(2026, 11, 21, 2, 45, 1, 5e6, time.UTC)))
	s.set(func() { s.offline = true })
	answer := s.call(t, "list-files", object{"pattern": "*.trn", "folders": []object{
		{"id": "share", "path": `\\FS01\LogShip`}, {"id": "copies", "path": `E:\LogShip`},
	}}, "")
	require.Equal(t, object{
		"ok": true, "free": 993.0, "folders": []any{
			object{"id": "share", "path": `\\FS01\LogShip`, "files": []any{}, "others": 0.0, "some": []any{}, "error": object{
				"kind": "win32", "code": 53.0, "id": "IOException", "category": "NotSpecified", "message": "The network path was not found.", "path": `\\FS01\LogShip`, "runAs": false,
			}},
			object{"id": "copies", "path": `E:\LogShip`, "others": 1.0, "some": []any{"mgc_20261121024500.TRN.old"}, "error": nil, "files": []any{
				object{"n": "mgc_20261121024500.trn", "len": 5.0, "mtime": "2026-11-21T02:45:01.005Z"},
			}},
		},
	}, answer)
}

func TestHashesLeaveOutWhatIsMissing(t *testing.T) {
	s := start(t, nil)
	write(t, s.share, "a.trn", "content of a")
	answer := s.call(t, "hash-files", object{"folder": `\\FS01\LogShip`, "names": []string{"a.trn", "missing.trn", `..\secret`}, "head": 0}, "")
	require.Equal(t, []any{object{"n": "a.trn", "len": 12.0, "sha256": sum("content of a")}}, answer["files"])

	lost := errorOf(t, s.call(t, "hash-files", object{"folder": `X:\Nowhere`, "names": []string{"a.trn"}, "head": 0}, ""))
	require.Equal(t, 3.0, lost["code"])
}

func TestPoolAndMirrorState(t *testing.T) {
	s := start(t, nil)
	request := object{"module": "Lync", "pool": "pchat.litwareinc.com"}
	require.Equal(t, object{
		"ok": true, "identity": "PersistentChatServer:pchat.litwareinc.com", "state": "Normal",
		"active": []any{"chat01.litwareinc.com"}, "idle": []any{"chat11.litwareinc.com"},
		"stores": object{
			"primary": object{"fqdn": "sql01.litwareinc.com", "instance": "RTC"}, "mirror": nil,
			"backup":       object{"fqdn": "sql11.litwareinc.com", "instance": "RTC"},
			"backupMirror": object{"fqdn": "sql12.litwareinc.com", "instance": "RTC"},
		},
	}, s.call(t, "pool-state", request, ""))
	require.Equal(t, []any{object{
		"database": "mgc", "stateOnPrimary": "Principal", "stateOnMirror": "Mirror",
		"statusOnPrimary": "synchronized", "statusOnMirror": "synchronized",
	}}, s.call(t, "mirror-state", request, "")["databases"])

	require.Equal(t, "module", errorOf(t, s.call(t, "pool-state", object{"module": "SkypeForBusiness", "pool": "pchat.litwareinc.com"}, ""))["kind"])
	require.Equal(t, "cmdlet", errorOf(t, s.call(t, "mirror-state", object{"module": "Lync", "pool": "other.litwareinc.com"}, ""))["kind"])
}

// What the topology says of the pool is in the Central Management Store alone; the
// state is in the host's replica, too.
func TestWithoutTheCentralManagementStoreTheReplicaIsRead(t *testing.T) {
	s := start(t, nil)
	request := object{"module": "Lync", "pool": "pchat.litwareinc.com"}
	answer := s.call(t, "pool-state 2", request, "")
	require.Equal(t, []any{false, "READ_WRITE"}, []any{answer["local"], answer["central"].(map[string]any)["updateability"]})
	s.set(func() { s.central.Code = 53 })
	answer = s.call(t, "pool-state 2", request, "")
	require.Equal(t, []any{true, "Normal", nil, []any{}}, []any{answer["local"], answer["state"], answer["stores"], answer["active"]})
	require.Equal(t, false, answer["central"].(map[string]any)["answers"])
	require.Contains(t, errorOf(t, s.call(t, "pool-state", request, ""))["message"], "establishing a connection")
	require.Equal(t, "central", errorOf(t, s.call(t, "topology 2", object{"module": "Lync"}, ""))["kind"])
}

func TestUnforeseenEndsAsPowerShellEnds(t *testing.T) {
	s := start(t, nil)
	for name, stdin := range map[string]string{
		"another script":       lines("# somebody's script\n", "{}", ""),
		"another version":      lines("# pchatops host-facts 2\n", "{}", ""),
		"unknown name":         lines("# pchatops format-disk 1\n", "{}", ""),
		"no JSON":              lines("# pchatops host-facts 1\n", "{", ""),
		"two objects":          lines("# pchatops host-facts 1\n", `{}{}`, ""),
		"no base64":            "%%%\n%%%\n",
		"one line":             lines("# pchatops host-facts 1\n"),
		"nothing":              "",
		"a line too many":      lines("# pchatops host-facts 1\n", "{}", "", "x"),
		"text that looks like": lines("# pchatops <_x000A_> 1\n", "{}"),
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, exit := s.run(t, contractLine, stdin)
			require.Equal(t, 1, exit)
			require.Empty(t, out)
			require.True(t, strings.HasPrefix(errs, "#< CLIXML\r\n<Objs "), errs)
			require.Contains(t, errs, `<S S="Error">`)
		})
	}
}

func TestAnAttemptToConnectIsMadeFromWhereTheHostStands(t *testing.T) {
	s := start(t, func(c *windows.Config) { c.DataCentre = "dc2" })
	for host, code := range map[string]float64{"sql01.litwareinc.com": 10061, "sql12.litwareinc.com": 0, "sql99.litwareinc.com": 11001} {
		require.Equal(t, object{"ok": true, "computer": "SQL11", "connected": code == 0, "code": code},
			s.call(t, "try-connect", object{"host": host, "port": 1433, "timeout": 3000}, ""), host)
	}
	require.Equal(t, "refused", errorOf(t, s.call(t, "try-connect", object{"host": "sql12.litwareinc.com", "port": 1433, "timeout": 3_000_000}, ""))["kind"])
}
