package windows_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/windows"
	"pchatops/ops/lab/wsman"
)

func FuzzCommandLine(f *testing.F) {
	for _, line := range []string{
		`powershell -Command "Get-CsService -PersistentChatServer | fl"`, "cmd /c cmd /c hostname", `dir "E:\LogShip`, "powershell -EncodedCommand aABpAA==",
		`powershell Set-CsPersistentChatActiveServer -ActiveServers:a,b`, "powershell '", "powershell -", "powershell --c",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		h := windows.New(windows.Config{Name: "SQL11", Domain: "LITWARE", Estate: newEstate(t), Users: users, Modules: []string{"Lync"}})
		defer h.Close()
		var out, errs bytes.Buffer
		exit := h.Exec(t.Context(), wsman.CommandLine{Command: line, User: "ops"}, strings.NewReader(""), &out, &errs)
		if exit != 0 {
			require.NotEmpty(t, errs.String(), "a failure without a word")
		}
	})
}

func FuzzContract(f *testing.F) {
	for _, script := range []string{"host-facts", "list-files", "hash-files", "pool-state", "mirror-state", "job-start", "job-find", "job-poll", "job-stop"} {
		f.Add(script, `{"id":"a","kind":"copy","request":{"files":[{"n":"a","len":-1}]}}`)
	}
	f.Add("job-poll", `{"id":"a","offset":-9223372036854775808}`)
	f.Fuzz(func(t *testing.T, script, request string) {
		h := windows.New(windows.Config{Name: "SQL11", Domain: "LITWARE", Estate: newEstate(t), Users: users, Modules: []string{"Lync"}})
		defer h.Close()
		var out bytes.Buffer
		exit := h.Exec(t.Context(), wsman.CommandLine{Command: contractLine, User: "ops"},
			strings.NewReader(lines("# pchatops "+script+" 1\n", request, "")), &out, io.Discard)
		if exit == 0 {
			require.True(t, json.Valid(out.Bytes()))
			require.True(t, bytes.HasSuffix(out.Bytes(), []byte("}\n")))
		}
	})
}
