package wsman_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/faults"
	"pchatops/ops/lab/wsman"
)

// post sends one handwritten message with Basic logon.
func post(t *testing.T, port int, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("http://127.0.0.1:%d/wsman", port), strings.NewReader(body))
	require.NoError(t, err)
	r.SetBasicAuth(testUser, testPassword)
	r.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
	r.Close = true
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(b)
}

const messageID = "uuid:0A6F2C1E-52B1-4E0B-9C57-0D9CDBF8B3A1"

// message is a request in prefixes that no library uses.
func message(action, shell, timeout, body string) string {
	if !strings.Contains(action, "/") {
		action = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/" + action
	}
	return `<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:q="http://schemas.xmlsoap.org/ws/2004/08/addressing"` +
		` xmlns:m="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><e:Header>` +
		`<q:Action> ` + action + ` </q:Action><q:MessageID>` + messageID + `</q:MessageID>` +
		`<m:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd</m:ResourceURI>` +
		`<m:OperationTimeout>` + timeout + `</m:OperationTimeout><m:SelectorSet><m:Selector Name="ShellId">` + shell + `</m:Selector></m:SelectorSet>` +
		`</e:Header><e:Body>` + body + `</e:Body></e:Envelope>`
}

const (
	createAction = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create"
	deleteAction = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete"
	getAction    = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get"
)

func find(t *testing.T, expression, in string) string {
	t.Helper()
	m := regexp.MustCompile(expression).FindStringSubmatch(in)
	require.NotNil(t, m, "%s not found in %s", expression, in)
	return m[1]
}

func openShell(t *testing.T, port int) string {
	t.Helper()
	status, answer := post(t, port, message(createAction, "", "PT5S", "<Shell/>"))
	require.Equal(t, http.StatusOK, status, answer)
	shell := find(t, "<rsp:ShellId>([^<]+)<", answer)
	require.Equal(t, shell, find(t, `<w:Selector Name="ShellId">([^<]+)<`, answer), "clients read the id from either place")
	return shell
}

func startCommand(t *testing.T, port int, shell, command string) string {
	t.Helper()
	status, answer := post(t, port, message("Command", shell, "PT5S", "<CommandLine><Command>"+command+"</Command></CommandLine>"))
	require.Equal(t, http.StatusOK, status, answer)
	return find(t, "<rsp:CommandId>([^<]+)<", answer)
}

func receiveBody(id string) string {
	return `<Receive><DesiredStream CommandId="` + id + `">stdout stderr</DesiredStream></Receive>`
}

func TestEveryAnswerNamesTheMessageItAnswers(t *testing.T) {
	port := serve(t, &wsman.Server{Basic: true, AllowUnencrypted: true})
	shell := openShell(t, port)
	for _, m := range []string{
		message(getAction, shell, "PT5S", ""), message("Command", shell, "PT5S", "<CommandLine><Command>whoami</Command></CommandLine>"),
		message("Receive", shell, "PT5S", receiveBody("nothing")), message(deleteAction, shell, "PT5S", ""),
	} {
		_, answer := post(t, port, m)
		require.Equal(t, messageID, find(t, "<a:RelatesTo>([^<]*)<", answer))
	}
}

func TestOutputComesInPiecesThatMayEndInsideACharacter(t *testing.T) {
	port := serve(t, &wsman.Server{Basic: true, AllowUnencrypted: true})
	shell := openShell(t, port)
	id := startCommand(t, port, shell, "snow")
	var whole []byte
	torn := false
	for done := false; !done; {
		status, answer := post(t, port, message("Receive", shell, "PT5S", receiveBody(id)))
		require.Equal(t, http.StatusOK, status, answer)
		for _, m := range regexp.MustCompile(`Name="stdout"[^>]*>([^<]+)<`).FindAllStringSubmatch(answer, -1) {
			piece, err := base64.StdEncoding.DecodeString(m[1])
			require.NoError(t, err)
			torn = torn || !bytes.Equal(bytes.ToValidUTF8(piece, nil), piece)
			whole = append(whole, piece...)
		}
		done = strings.Contains(answer, "CommandState/Done")
	}
	require.True(t, torn, "a client that decodes piece by piece would not be caught")
	require.Equal(t, snow, string(whole))

	status, answer := post(t, port, message("Receive", shell, "PT5S", receiveBody(id)))
	require.Equal(t, http.StatusInternalServerError, status)
	require.Contains(t, answer, `Code="2150858843"`, "the end is told once")
	status, answer = post(t, port, message("Signal", shell, "PT5S",
		`<Signal CommandId="`+id+`"><Code>http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/Terminate</Code></Signal>`))
	require.Equal(t, http.StatusOK, status, answer)
}

func TestFaultsCarryTheCodesOfWindows(t *testing.T) {
	port := serve(t, &wsman.Server{Basic: true, AllowUnencrypted: true, Limits: wsman.Limits{ShellsPerUser: 1, OperationsPerUser: 1}})
	shell := openShell(t, port)
	id := startCommand(t, port, shell, "wait")
	_, first := post(t, port, message("Receive", shell, "PT5S", receiveBody(id)))
	require.Contains(t, first, "CommandState/Running")
	stream := func(attributes, data string) string {
		return `<Send><Stream Name="stdin" CommandId="` + id + `" ` + attributes + `>` + data + `</Stream></Send>`
	}
	for _, c := range []struct {
		name, message, code, subcode string
	}{
		{"nothing to receive in time", message("Receive", shell, "PT0.05S", receiveBody(id)), "2150858793", "w:TimedOut"},
		{"unknown shell", message("Receive", "4711", "PT5S", receiveBody(id)), "2150858843", "w:InvalidSelectors"},
		{"unknown command", message("Receive", shell, "PT5S", receiveBody("4711")), "2150858843", "w:InvalidSelectors"},
		{"negative time-out", message("Receive", shell, "PT-1S", receiveBody(id)), "2150858767", "a:InvalidMessageInformationHeader"},
		{"second shell of one user", message(createAction, "", "PT5S", "<Shell/>"), "2150859173", "w:QuotaLimit"},
		{"second command of one user", message("Command", shell, "PT5S", "<CommandLine><Command>whoami</Command></CommandLine>"), "2150859174", "w:QuotaLimit"},
		{"unknown action", message("Frobnicate", shell, "PT5S", ""), "2150858753", "a:ActionNotSupported"},
		{"other resource", strings.ReplaceAll(message("Receive", shell, "PT5S", receiveBody(id)), "shell/cmd", "powershell"), "2150858752", "a:DestinationUnreachable"},
		{"body of another action", message("Send", shell, "PT5S", receiveBody(id)), "2150858791", "w:SchemaValidationError"},
		{"input that is no base64", message("Send", shell, "PT5S", stream("", "%%%")), "87", "w:InvalidParameter"},
		{"idle time of nonsense", message(createAction, "", "PT5S", "<Shell><IdleTimeOut>soon</IdleTimeOut></Shell>"), "87", "w:InvalidParameter"},
		{"unknown signal", message("Signal", shell, "PT5S", `<Signal CommandId="`+id+`"><Code>wave</Code></Signal>`), "87", "w:InvalidParameter"},
		{"no XML", "hello", "2150858817", "w:SchemaValidationError"},
		{"cut off", message("Receive", shell, "PT5S", receiveBody(id))[:600], "2150858817", "w:SchemaValidationError"},
		{"other XML", "<a><b/></a>", "2150858817", "w:SchemaValidationError"},
		{"entity bomb", `<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;&b;</a>`, "2150858817", "w:SchemaValidationError"},
		{"nothing in the envelope", `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>`, "2150858791", "w:SchemaValidationError"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answer := post(t, port, c.message)
			require.Equal(t, http.StatusInternalServerError, status)
			require.Equal(t, c.code, find(t, `<f:WSManFault [^>]*Code="(\d+)"`, answer))
			require.Equal(t, c.subcode, find(t, `<s:Subcode><s:Value>([^<]+)<`, answer))
			require.Contains(t, answer, "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault</a:Action>")
		})
	}
	// Closed input takes no more.
	status, answer := post(t, port, message("Send", shell, "PT5S", stream(`End="True"`, "")))
	require.Equal(t, http.StatusOK, status, answer)
	_, answer = post(t, port, message("Send", shell, "PT5S", stream("", "aGFsbG8=")))
	require.Contains(t, answer, `Code="87"`)
}

func TestOversizedMessageIsNotRead(t *testing.T) {
	port := serve(t, &wsman.Server{Basic: true, AllowUnencrypted: true})
	status, _ := post(t, port, message("Send", "x", "PT5S", strings.Repeat("<a/>", 200_000)))
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
}

func TestDeletingTheShellEndsWhatRunsInIt(t *testing.T) {
	port := serve(t, &wsman.Server{Basic: true, AllowUnencrypted: true})
	shell := openShell(t, port)
	id := startCommand(t, port, shell, "wait")
	_, answer := post(t, port, message("Receive", shell, "PT5S", receiveBody(id)))
	require.Contains(t, answer, "CommandState/Running")
	held := make(chan string, 1)
	go func() {
		_, answer := post(t, port, message("Receive", shell, "PT30S", receiveBody(id)))
		held <- answer
	}()
	status, _ := post(t, port, message(deleteAction, shell, "PT5S", ""))
	require.Equal(t, http.StatusOK, status)
	require.Regexp(t, `Code="(995|2150858843)"`, <-held, "the held request learns that the shell is gone")
	_, answer = post(t, port, message(getAction, shell, "PT5S", ""))
	require.Contains(t, answer, `Code="2150858843"`)
}

func TestAShellOutlivesItsConnections(t *testing.T) {
	link, err := faults.Listen("127.0.0.1:0")
	require.NoError(t, err)
	port := serveOn(t, &wsman.Server{Basic: true, AllowUnencrypted: true}, link)
	shell := openShell(t, port)
	id := startCommand(t, port, shell, "cat")
	link.CutWhen(func(d faults.Direction, piece []byte) bool {
		return d == faults.ToServer && strings.Contains(string(piece), "DesiredStream")
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("http://127.0.0.1:%d/wsman", port),
		strings.NewReader(message("Receive", shell, "PT30S", receiveBody(id))))
	require.NoError(t, err)
	_, err = http.DefaultClient.Do(r)
	require.Error(t, err)

	status, answer := post(t, port, message("Send", shell, "PT5S",
		`<Send><Stream Name="stdin" CommandId="`+id+`" End="true">aGFsbG8=</Stream></Send>`))
	require.Equal(t, http.StatusOK, status, answer)
	for out := ""; !strings.Contains(answer, "CommandState/Done"); {
		_, answer = post(t, port, message("Receive", shell, "PT5S", receiveBody(id)))
		out += answer
		require.Contains(t, out, ">aGFsbG8=<", "what the command wrote is not lost")
	}
}

func TestSealedNonsenseIsRefused(t *testing.T) {
	port := serve(t, &wsman.Server{Basic: true, AllowUnencrypted: true})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("http://127.0.0.1:%d/wsman", port), strings.NewReader("--Encrypted Boundary\r\n"))
	require.NoError(t, err)
	r.SetBasicAuth(testUser, testPassword)
	r.Header.Set("Content-Type", `multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"`)
	r.Close = true
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode, "nothing was negotiated that could open it")
}
