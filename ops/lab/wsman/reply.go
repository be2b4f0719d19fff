package wsman

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

const (
	roleAnonymous = nsAddressing + "/role/anonymous"
	actionFault   = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
)

// reply wraps a body in an answer to the message relatesTo.
func reply(action, relatesTo, body string) []byte {
	return fmt.Appendf(nil, `<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope"`+
		` xmlns:a="%s" xmlns:x="%s" xmlns:w="%s" xmlns:rsp="%s"><s:Header><a:Action>%s</a:Action>`+
		`<a:MessageID>uuid:%s</a:MessageID><a:To>%s</a:To><a:RelatesTo>%s</a:RelatesTo></s:Header>`+
		`<s:Body>%s</s:Body></s:Envelope>`,
		nsAddressing, nsTransfer, nsManagement, nsShell, action, newID(), roleAnonymous, escape(relatesTo), body)
}

// escape makes text from outside safe inside an element or attribute.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}

// createdBody names the shell twice: some clients read the reference, others the shell.
func createdBody(s *shell, now time.Time) string {
	return fmt.Sprintf(`<x:ResourceCreated><a:Address>%s</a:Address><a:ReferenceParameters>`+
		`<w:ResourceURI>%s</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">%s</w:Selector></w:SelectorSet>`+
		`</a:ReferenceParameters></x:ResourceCreated>%s`, roleAnonymous, resourceCmd, s.id, shellBody(s, now))
}

func shellBody(s *shell, now time.Time) string {
	return fmt.Sprintf(`<rsp:Shell><rsp:ShellId>%s</rsp:ShellId><rsp:ResourceUri>%s</rsp:ResourceUri>`+
		`<rsp:Owner>%s</rsp:Owner><rsp:ClientIP>%s</rsp:ClientIP><rsp:IdleTimeOut>PT%.3fS</rsp:IdleTimeOut>`+
		`<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>`+
		`<rsp:State>Connected</rsp:State><rsp:ShellRunTime>%s</rsp:ShellRunTime><rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity>`+
		`</rsp:Shell>`, s.id, resourceCmd, escape(s.owner), escape(s.client), s.idle.Seconds(), period(now.Sub(s.born)))
}

// period writes a duration the way Windows does: P0DT0H1M5S.
func period(d time.Duration) string {
	s := int64(d / time.Second)
	return fmt.Sprintf("P%dDT%dH%dM%dS", s/86400, s/3600%24, s/60%60, s%60)
}

// outputBody carries pieces of output and the state of the command.
func outputBody(id string, o output) string {
	var b strings.Builder
	b.WriteString("<rsp:ReceiveResponse>")
	for _, c := range o.pieces {
		fmt.Fprintf(&b, `<rsp:Stream Name="%s" CommandId="%s">%s</rsp:Stream>`,
			c.stream, id, base64.StdEncoding.EncodeToString(c.data))
	}
	state, exit := "Running", ""
	if o.done {
		for _, name := range []string{stdout, stderr} {
			fmt.Fprintf(&b, `<rsp:Stream Name="%s" CommandId="%s" End="true"></rsp:Stream>`, name, id)
		}
		state, exit = "Done", fmt.Sprintf("<rsp:ExitCode>%d</rsp:ExitCode>", o.exit)
	}
	fmt.Fprintf(&b, `<rsp:CommandState CommandId="%s" State="%s/CommandState/%s">%s</rsp:CommandState></rsp:ReceiveResponse>`,
		id, nsShell, state, exit)
	return b.String()
}
