package mgmt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"pchatops/ops/fault"
)

// failure is the error object of the script contract.
type failure struct {
	Kind     string `json:"kind"` // cmdlet, win32, module, refused
	Code     int32  `json:"code"`
	ID       string `json:"id"`
	Category string `json:"category"`
	Message  string `json:"message"`
	Path     string `json:"path"`
}

// verdict is the part that every answer has.
type verdict struct {
	OK    bool     `json:"ok"`
	Error *failure `json:"error"`
}

var errNoAnswer = errors.New("the script ended without its answer")

// decode reads the one JSON object that a script writes.
func (h *Host) decode(tried string, out *output, answer any) error {
	line := bytes.TrimSpace(out.stdout.Bytes())
	if out.exit != 0 || len(line) == 0 {
		return h.scriptDied(tried, out)
	}
	var v verdict
	if err := json.Unmarshal(line, &v); err != nil {
		return &fault.Error{Class: fault.Other, Tried: tried, Target: h.Name(), Text: "unreadable answer: " + err.Error(), Do: "something on the host writes into the script's output; look for profiles and policies", Cause: err}
	}
	if !v.OK {
		if v.Error == nil {
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
	if e.Kind != "overtaken" && e.Kind != "late" {
		return f
	}
	f.Class, f.Do = fault.Refused, "nothing was begun: see who drives this site, then run the step again"
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
	case "module":
		f.Class, f.Do = fault.NotFound, "install the Management Shell on this host, or name another management host in the site file"
	case "refused":
		f.Class, f.Do = fault.Refused, "see why the host's script declined; what it declined was not touched"
	default:
		f.Class, f.Do = cmdlet(e)
	}
	return f
}
