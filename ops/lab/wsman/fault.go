package wsman

import "fmt"

// fault is a refusal as WinRM words it. Clients go by the code.
type fault struct {
	code            uint32
	value, subcode  string // s:Sender or s:Receiver; the qualified subcode
	detail          string // FaultDetail URI after .../faultDetail/, if any
	text            string
	provider, where string // the provider that complains and its DLL, if any
}

// The faults, with the codes of wsmerror.h.
const (
	codeNoResource    = 2150858752
	codeBadAction     = 2150858753
	codeBadTimeout    = 2150858767
	codeBadBody       = 2150858791
	codeTimedOut      = 2150858793
	codeSchema        = 2150858817
	codeUnknown       = 2150858843 // shell or command
	codeTooManyShells = 2150859173
	codeTooManyOps    = 2150859174
	codeBadParameter  = 87
	codeAborted       = 995
)

func faultMalformed() *fault {
	return &fault{
		code: codeSchema, value: "s:Sender", subcode: "w:SchemaValidationError",
		text: "The SOAP XML in the message does not match the corresponding XML schema definition. Change the XML and retry.",
	}
}

func faultBody() *fault {
	return &fault{
		code: codeBadBody, value: "s:Sender", subcode: "w:SchemaValidationError",
		text: "The WS-Management service cannot process the request because the request packet does not have a valid SOAP body.",
	}
}

func faultAction(action string) *fault {
	return &fault{
		code: codeBadAction, value: "s:Sender", subcode: "a:ActionNotSupported",
		text: fmt.Sprintf("The WS-Management service cannot process the request. The WS-Addressing action URI %.200q is invalid.", action),
	}
}

func faultResource(uri string) *fault {
	return &fault{
		code: codeNoResource, value: "s:Sender", subcode: "a:DestinationUnreachable", detail: "InvalidResourceURI",
		text: fmt.Sprintf("The WS-Management service cannot process the request. The service cannot find the resource identified by the resource URI %.200q and selectors.", uri),
	}
}

func faultTimeoutHeader() *fault {
	return &fault{
		code: codeBadTimeout, value: "s:Sender", subcode: "a:InvalidMessageInformationHeader",
		text: "The WS-Management service cannot process the request because the OperationTimeout header is not a valid duration.",
	}
}

func faultTimedOut() *fault {
	return &fault{
		code: codeTimedOut, value: "s:Receiver", subcode: "w:TimedOut",
		text: "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.",
	}
}

func faultNoShell(id string) *fault {
	return &fault{
		code: codeUnknown, value: "s:Sender", subcode: "w:InvalidSelectors", detail: "UnexpectedSelectors",
		provider: "Shell provider", where: `%systemroot%\system32\WsmSvc.dll`,
		text: fmt.Sprintf("The request for the Windows Remote Shell with ShellId %.60s failed because the shell was not found on the server. "+
			"Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server.", id),
	}
}

func faultNoCommand() *fault {
	return &fault{
		code: codeUnknown, value: "s:Sender", subcode: "w:InvalidSelectors", detail: "UnexpectedSelectors",
		text: "The WS-Management service cannot process the request because the command identifier does not exist. " +
			"Either the command has completed execution or the client specified an invalid command identifier.",
	}
}

func faultTooManyShells(limit int) *fault {
	return &fault{
		code: codeTooManyShells, value: "s:Receiver", subcode: "w:QuotaLimit",
		text: fmt.Sprintf("The maximum number of concurrent shells for this user has been exceeded: %d. Close existing shells or raise the quota for this user.", limit),
	}
}

func faultTooManyOperations(limit int) *fault {
	return &fault{
		code: codeTooManyOps, value: "s:Receiver", subcode: "w:QuotaLimit",
		text: fmt.Sprintf("The maximum number of concurrent operations for this user has been exceeded: %d. Close existing operations for this user, or raise the quota for this user.", limit),
	}
}

func faultParameter() *fault {
	return &fault{
		code: codeBadParameter, value: "s:Sender", subcode: "w:InvalidParameter", detail: "InvalidValue",
		provider: "Shell cmd plugin", where: `%systemroot%\system32\winrscmd.dll`, text: "The parameter is incorrect.",
	}
}

func faultAborted() *fault {
	return &fault{
		code: codeAborted, value: "s:Receiver", subcode: "w:InternalError",
		text: "The I/O operation has been aborted because of either a thread exit or an application request.",
	}
}

// faultReply is the answer that carries a fault.
func faultReply(machine, relatesTo string, f *fault) []byte {
	message := escape(f.text)
	if f.provider != "" {
		message = fmt.Sprintf(`<f:ProviderFault provider="%s" path="%s">%s</f:ProviderFault>`, escape(f.provider), escape(f.where), message)
	}
	detail := ""
	if f.detail != "" {
		detail = fmt.Sprintf("<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/%s</w:FaultDetail>", f.detail)
	}
	return reply(actionFault, relatesTo, fmt.Sprintf(`<s:Fault><s:Code><s:Value>%s</s:Value><s:Subcode><s:Value>%s</s:Value></s:Subcode></s:Code>`+
		`<s:Reason><s:Text xml:lang="en-US">%s</s:Text></s:Reason><s:Detail>%s`+
		`<f:WSManFault xmlns:f="%s" Code="%d" Machine="%s"><f:Message>%s</f:Message></f:WSManFault></s:Detail></s:Fault>`,
		f.value, f.subcode, escape(f.text), detail, nsFault, f.code, escape(machine), message))
}
