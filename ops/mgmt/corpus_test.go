package mgmt

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/wsman"
)

// twin is the estate of the lab's host that stands beside the stand-ins of a
// Windows host: the same pool, the same folder.
type twin struct {
	*estate
	folder string
}

func (e twin) Resolve(_, path string) (string, error) {
	rest, ours := strings.CutPrefix(path, copyF)
	if !ours {
		return "", &windows.Win32Error{Code: 3, Text: "The system cannot find the path specified."}
	}
	return filepath.Join(e.folder, strings.ReplaceAll(rest, `\`, "/")), nil
}

func (e twin) PoolState() (string, string) { return "PersistentChatServer:" + pool, "FailedOver" }

func (e twin) Stores() map[string]windows.Store {
	return map[string]windows.Store{"primary": {FQDN: "sql01.litwareinc.com", Instance: "RTC"}, "backup": {FQDN: "sql11.litwareinc.com", Instance: "RTC"}}
}

func (e twin) Topology() windows.Topology {
	const document = `<Topology Signature="stub" />`
	t := windows.Topology{Document: document, Replica: document, Databases: []windows.Store{e.Stores()["primary"], e.Stores()["backup"]}}
	t.Pools = []windows.Pool{{FQDN: pool, Computers: []string{"chat01.litwareinc.com", "chat11.litwareinc.com"}, Site: "dc1"}}
	for _, d := range t.Databases {
		t.Pools = append(t.Pools, windows.Pool{FQDN: d.FQDN, Computers: []string{d.FQDN}, Site: "dc1"})
	}
	return t
}

func (e twin) Central(string) windows.Central {
	return windows.Central{At: windows.Store{FQDN: "fesql11.litwareinc.com", Instance: "rtc"}, Updateability: "READ_WRITE"}
}

func (e twin) ChatService(string) (exists, runs bool) { return true, false }

// stubPool is the same pool for the stand-ins.
const stubPool = `{"Pool":"pchat.litwareinc.com","PoolState":"FailedOver","HasState":true,"Version":7,"Instance":"RTC",
	"Active":["chat01.litwareinc.com"],"Idle":["chat11.litwareinc.com"],"Primary":"sql01.litwareinc.com","Mirror":null,
	"Backup":"sql11.litwareinc.com","BackupMirror":null,"MirrorRows":[{"DatabaseName":"mgc","StateOnPrimary":"Principal",
	"StateOnMirror":"Mirror","MirroringStatusOnPrimary":"synchronized","MirroringStatusOnMirror":"synchronized"}]}`

// corpus are requests of the scripts that read, good ones and bad ones; FOLDER is a
// folder of the host.
var corpus = []struct{ script, request string }{
	{"host-facts", `{}`},
	{"host-facts", `{"more":1}`},
	{"try-connect", `{"host":"","port":1433,"timeout":300}`},
	{"try-connect", `{"host":"sql12.litwareinc.com","port":0,"timeout":300}`},
	{"try-connect", `{"host":"sql12.litwareinc.com","port":1433,"timeout":20001}`},
	{"try-connect", `{"host":"sql12.litwareinc.com","timeout":300}`},
	{"list-files", `{"folders":[{"id":"share","path":"FOLDER/gone"},{"id":"copy","path":"FOLDER"}],"pattern":"*.trn"}`},
	{"list-files", `{"folders":[{"id":"copy","path":"FOLDER"},{"id":"other","path":"FOLDER/old"}],"pattern":"*.trn","runAs":"LITWARE\\ops"}`},
	{"list-files", `{"folders":[{"id":"copy","path":"FOLDER"}],"pattern":"*.none"}`},
	{"list-files", `{"folders":[{"id":"copy","path":"FOLDER/gone"}],"pattern":"*.trn"}`},
	{"list-files", `{"pattern":"*.trn"}`},
	{"list-files", `{"folders":[{"id":"copy","path":"FOLDER"}]}`},
	{"hash-files", `{"folder":"FOLDER","names":["mgc_1.trn","größe [1] $x.trn","missing.trn","../x","old"],"head":0}`},
	{"hash-files", `{"folder":"FOLDER","names":["mgc_1.trn","mgc_2.trn"],"head":2}`},
	{"hash-files", `{"folder":"FOLDER","names":[],"head":2}`},
	{"hash-files", `{"folder":"FOLDER/gone","names":["mgc_1.trn"],"head":0}`},
	{"hash-files", `{"folder":"FOLDER","names":["mgc_1.trn"]}`},
	{"hash-files", `{"names":["mgc_1.trn"],"head":0}`},
	{"service-state", `{"name":"RTCCHAT"}`},
	{"service-state", `{}`},
	{"pool-state", `{"module":"SkypeForBusiness","pool":"pchat.litwareinc.com"}`},
	{"pool-state", `{"module":"SkypeForBusiness","pool":"pchat.litwareinc.com","runAs":"LITWARE\\ops"}`},
	{"pool-state", `{"module":"SkypeForBusiness","pool":"other.litwareinc.com"}`},
	{"pool-state", `{"module":"Exchange","pool":"pchat.litwareinc.com"}`},
	{"pool-state", `{"pool":"pchat.litwareinc.com"}`},
	{"pool-state", `{"module":"SkypeForBusiness"}`},
	{"mirror-state", `{"module":"SkypeForBusiness","pool":"pchat.litwareinc.com"}`},
	{"mirror-state", `{"module":"Exchange","pool":"pchat.litwareinc.com"}`},
	{"mirror-state", `{"module":"SkypeForBusiness"}`},
	{"topology", `{"module":"SkypeForBusiness"}`},
	{"topology", `{"module":"Exchange"}`},
	{"topology", `{}`},
}

// unlike is what differs between two hosts without meaning anything.
var unlike = regexp.MustCompile(`"(computer|user|powershell|time)":"[^"]*"|"modules":\[[^\]]*\]`)

// place is where in a pipeline a property was reached for.
var place = regexp.MustCompile(`,Microsoft\.PowerShell\.Commands\.(ForEach|Where)ObjectCommand`)

// What PowerShell answers, writing JSON as Windows PowerShell 5.1 does, and what the
// lab's hosts answer to the same request is the same, field by field.
func TestTheLabsHostsAnswerReadsAsPowerShellDoes(t *testing.T) {
	root, dir := t.TempDir(), t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "old"), 0o700))
	at := time.Date(2026, 11, 21, 2, 45, 0, 123_456_789, time.UTC)
	for name, content := range map[string]string{"mgc_1.trn": "one", "mgc_2.trn": "twoo", "größe [1] $x.trn": "", "notes.txt": "x"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
		require.NoError(t, os.Chtimes(filepath.Join(dir, name), time.Time{}, at))
	}
	require.NoError(t, os.WriteFile(filepath.Join(root, "chat.json"), []byte(stubPool), 0o600))
	host := windows.New(windows.Config{
		Name: "FE11", Domain: "LITWARE", Estate: twin{newEstate(t), dir}, Modules: []string{"SkypeForBusiness"},
		Users: func(string, string) (string, bool) { return "secret", true }, Free: func(string) int64 { return 993 },
	})
	t.Cleanup(host.Close)

	scripts := map[string]Script{}
	for _, s := range Scripts() {
		scripts[s.Name] = s
	}
	var all []asking
	for _, c := range corpus {
		all = append(all, asking{script: scripts[c.script], request: json.RawMessage(strings.ReplaceAll(c.request, "FOLDER", dir))})
	}
	t.Setenv("TESTHOST_FREE", "993")
	alike := func(answer []byte) string {
		answer = place.ReplaceAll(answer, nil)
		text := unlike.ReplaceAllString(string(answer), `"$1":""`)
		for strings.Contains(text, copyF[:2]) || strings.Contains(text, dir) {
			text = strings.NewReplacer(dir+"/", "FOLDER/", dir, "FOLDER", `E:\\LogShip\\`, "FOLDER/", `E:\\LogShip`, "FOLDER").Replace(text)
		}
		return inOrder(t, text)
	}
	for n, want := range answers(t, root, all...) {
		request := strings.NewReplacer("FOLDER/", `E:\\LogShip\\`, "FOLDER", `E:\\LogShip`).Replace(corpus[n].request)
		input, err := all[n].script.input(json.RawMessage(request), "secret")
		require.NoError(t, err)
		var out, errs bytes.Buffer
		code := host.Exec(context.Background(), wsman.CommandLine{Command: commandLine, User: `LITWARE\ops`}, bytes.NewReader(input), &out, &errs)
		require.Zero(t, code, "%s", readable(errs.Bytes()))
		t.Run(corpus[n].script+" "+corpus[n].request, func(t *testing.T) { require.JSONEq(t, alike(want), alike(out.Bytes())) })
	}
	t.Logf("%d requests of %d scripts compared", len(all), 8)
}

// inOrder sorts the files of listings: folders have no order of their own.
func inOrder(t *testing.T, answer string) string {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal([]byte(answer), &v), "%s", answer)
	for _, f := range listOf(v["folders"]) {
		files := map[string]any{}
		folder := f.(map[string]any)
		for _, one := range listOf(folder["files"]) {
			files[fmt.Sprint(one.(map[string]any)["n"])] = one
		}
		folder["files"] = files
		some := map[string]any{}
		for _, one := range listOf(folder["some"]) {
			some[fmt.Sprint(one)] = true
		}
		folder["some"] = some
	}
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}
