package mgmt

import (
	"crypto/sha256"
	"encoding/hex"
)

// Hash is the SHA-256 of a text that runs on Windows hosts, so that it can be
// known again in a log of PowerShell or be allowed in a policy.
type Hash struct {
	Name   string // "command line", the name of a script, or the program of a job's kind
	Where  string // where the text is met
	SHA256 string // in hexadecimal, of the text in UTF-8 without a byte order mark
}

// Hashes lists every text that the console runs on Windows hosts.
func Hashes() []Hash {
	hash := func(name, where, text string) Hash {
		sum := sha256.Sum256([]byte(text))
		return Hash{name, where, hex.EncodeToString(sum[:])}
	}
	all := []Hash{hash("command line", "process creation", commandLine), hash("bootstrap", "script block", part("bootstrap"))}
	for _, s := range Scripts() {
		if s.Name != startScript {
			all = append(all, hash(s.Name, "script block", s.Text))
		}
	}
	for _, kind := range jobKinds {
		all = append(all, hash(startScript+" of a "+kind+" job", "script block", JobStart(kind).Text), hash("program of a "+kind+" job", "job.ps1 and script block", program(kind)))
	}
	return all
}
