package mgmt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"pchatops/ops/fault"
)

// failure is the error object of the script contract.
type failure struct {
	Kind     string `json:"kind"` // cmdlet, win32, module, language, refused, overtaken, late, unbegun, central
	Code     int32  `json:"code"`
	ID       string `json:"id"`
	Category string `json:"category"`
	Message  string `json:"message"`
	Path     string `json:"path"`
	SQL      int32  `json:"sql"`   // number of a SQL Server client's error; 0: there is none
	RunAs    *bool  `json:"runAs"` // of a read: whether the run-as account was the one that asked
}

// verdict is the part that every answer has.
type verdict struct {
	OK    bool     `json:"ok"`
	Error *failure `json:"error"`
}

// unbegun is the kind of an error that kept a job's program from beginning.
const unbegun = "unbegun"

var errNoAnswer = errors.New("the script ended without its answer")

// maxNoise bounds what may come before an answer: what a key AutoRun of cmd.exe, or
// a policy, lets every shell of that host print.
const maxNoise = 64 << 10

// answerMark begins the line of every answer.
var answerMark = []byte(`{"ok":`)

// answerLine finds the answer in what came back: the last line, and the only one
// of its kind.
func answerLine(out []byte) ([]byte, error) {
	out = bytes.TrimSpace(out)
	line := out[bytes.LastIndexByte(out, '\n')+1:]
	noise := out[:len(out)-len(line)]
	first := noise[:min(len(noise), 200)]
	switch {
	case len(noise) > maxNoise:
		return nil, fmt.Errorf("%d bytes come before the answer: %q…", len(noise), first)
	case bytes.Contains(noise, answerMark) && bytes.HasPrefix(line, answerMark):
		return nil, errors.New("there is more than one answer")
	case bytes.Count(out, []byte{0}) > len(out)/4:
		return nil, errors.New("it comes in UTF-16, and the script writes UTF-8")
	case !utf8.Valid(line):
		return nil, errors.New("it comes in another code page, and the script writes UTF-8")
	case !bytes.HasPrefix(line, answerMark) && bytes.Contains(out, answerMark):
		return nil, fmt.Errorf("something is written into it or behind it: %q…", line[max(0, len(line)-200):])
	case !bytes.HasPrefix(line, answerMark):
		return nil, fmt.Errorf("there is no answer, but %q…", out[:min(len(out), 200)])
	case !json.Valid(line):
		return nil, fmt.Errorf("it is cut off after %d bytes, or damaged", len(line))
	}
	return line, nil
}

// decode reads the one JSON object that a script writes.
func (h *Host) decode(tried string, out *output, answer any) error {
	if out.exit != 0 || len(bytes.TrimSpace(out.stdout.Bytes())) == 0 {
		return h.scriptDied(tried, out)
	}
	line, err := answerLine(out.stdout.Bytes())
	var v verdict
	if err == nil {
		err = json.Unmarshal(line, &v)
	}
	if err != nil {
		return &fault.Error{
			Class: fault.Other, Tried: tried, Target: h.Name(), Cause: err, Text: "unreadable answer: " + err.Error(),
			Do: `something on the host writes into the script's output: look at AutoRun below Software\Microsoft\Command Processor in the registry (of the machine and of the account), and for policies that record output`,
		}
	}
	if !v.OK {
		if v.Error == nil || *v.Error == (failure{}) {
			v.Error = &failure{Message: "the script failed and gave no reason"}
		}
		return v.Error.trouble(tried, h.Name())
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(line, answer); err != nil {
		return &fault.Error{Class: fault.Other, Tried: tried, Target: h.Name(), Text: "unexpected answer: " + err.Error(), Do: "the host runs another version of the script", Cause: err}
	}
	return nil
}

// scriptDied is what a script did not foresee: PowerShell's own words.
func (h *Host) scriptDied(tried string, out *output) error {
	words := readable(out.stderr.Bytes())
	if words == "" {
		words = clip(strings.TrimSpace(strings.ToValidUTF8(out.stdout.String(), "?")), 500)
	}
	return &fault.Error{
		Class: fault.Other, Tried: tried, Target: h.Name(), Cause: errNoAnswer,
		Text: fmt.Sprintf("PowerShell ended with exit code %d: %s", out.exit, words),
		Do:   "look at PowerShell on the host: version 3.0 or later, no policy against scripts, free memory",
	}
}

// trouble is fault, or the word that nothing was begun.
func (e *failure) trouble(tried, target string) error {
	f := e.fault(tried, target)
	switch e.Kind {
	case "overtaken", "late":
		f.Class, f.Do = fault.Refused, "nothing was begun: see who drives this site, then run the step again"
	case unbegun:
		if f.Class, f.Do = win32(e.Code); e.Code == 0 {
			f.Do = "look at endpoint protection, AppLocker and the history of the Task Scheduler there, or name another host in the site file"
		}
		f.Do = "nothing was begun: " + f.Do
	default:
		return f
	}
	return &notBegunError{f}
}

// fault gives the error object as a classified fault.
func (e *failure) fault(tried, target string) *fault.Error {
	f := &fault.Error{Tried: tried, Target: target, Number: e.Code, Text: clip(e.Message, 4000)}
	if e.Path != "" {
		f.Tried += " " + clip(e.Path, 300)
	}
	switch e.Kind {
	case "win32":
		f.Class, f.Do = win32(e.Code)
		if f.Class == fault.Login && e.RunAs != nil && !*e.RunAs {
			f.Class, f.Do = fault.Access, "the shell's own logon does not reach the file server: configure a run-as account for this host in the site file"
		}
	case "language":
		f.Class, f.Do = fault.Permission, "a policy (AppLocker or WDAC) holds PowerShell there in Constrained Language Mode: let it admit this account or these scripts (docs/approval.md has their hashes), or name another host in the site file"
	case "central":
		f.Class, f.Do = fault.Unreachable, "bring the Central Management Store back, or fail it over (F5a)"
	case "module":
		f.Class, f.Do = fault.NotFound, "install the Management Shell on this host, or name another management host in the site file"
	case "refused":
		f.Class, f.Do = fault.Refused, "see why the host's script declined; what it declined was not touched"
	default:
		f.Class, f.Do = cmdlet(e)
		if f.Number == 0 {
			f.Number = e.SQL
		}
		if slices.Contains(notTaken, e.Category) {
			f.Cause = errNotTaken
		}
	}
	return f
}
