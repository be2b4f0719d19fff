// Package wsman is the lab's WinRM listener: WS-Management remote shells over
// HTTP and HTTPS, with Basic and Negotiate (NTLM) logon and sealed messages,
// for the clients of any author. What runs in a shell is not its business: it
// hands command lines to a Runner (ops/lab/windows has one).
//
// Layers, from the wire inwards: http.go (connections, logon, sealing),
// envelope.go and reply.go (SOAP), handle.go (the operations), shell.go and
// command.go (what lives between the operations). It is written from the
// protocol documents and shares no code with the console's client.
package wsman
