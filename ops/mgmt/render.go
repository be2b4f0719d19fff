package mgmt

import (
	"fmt"
	"strings"
)

// parameter is one parameter of a cmdlet. Its value is a string, true, nil, a
// replacement, or a file.
type parameter struct {
	name  string
	value any
}

// replacement is the list modifier @{Replace=…} of a cmdlet.
type replacement struct {
	Replace []string `json:"$replace"`
}

// file is one of that name in the job's folder; typed by hand, in the folder for
// temporary files.
type file struct {
	Name string `json:"$file"`
}

// command is a cmdlet with its parameters in the order in which people write
// them.
type command struct {
	cmdlet     string
	parameters []parameter
}

// request gives the command as a job's request.
func (c command) request(module string) any {
	parameters := map[string]any{}
	for _, p := range c.parameters {
		parameters[p.name] = p.value
	}
	return struct {
		Module     string         `json:"module"`
		Cmdlet     string         `json:"cmdlet"`
		Parameters map[string]any `json:"parameters"`
	}{module, c.cmdlet, parameters}
}

// text renders the command as an engineer would type it. It is for reading and
// for the exported script; what is sent is the request.
func (c command) text() string {
	var b strings.Builder
	b.WriteString(c.cmdlet)
	for _, p := range c.parameters {
		b.WriteString(" -" + p.name)
		switch v := p.value.(type) {
		case bool:
			if !v {
				b.WriteString(":$false")
			}
		case nil:
			b.WriteString(" $null")
		case file:
			b.WriteString(` "$env:TEMP\` + v.Name + `"`)
		case replacement:
			var items []string
			for _, s := range v.Replace {
				items = append(items, quoted(s))
			}
			b.WriteString(" @{Replace=" + strings.Join(items, ",") + "}")
		default:
			b.WriteString(" " + quoted(fmt.Sprint(v)))
		}
	}
	return b.String() + " -Confirm:$false"
}

// apostrophes doubles what PowerShell takes for a single quote, the typographic
// ones included.
var apostrophes = strings.NewReplacer("'", "''", "\u2018", "\u2018\u2018", "\u2019", "\u2019\u2019", "\u201a", "\u201a\u201a", "\u201b", "\u201b\u201b")

// quoted gives a PowerShell string literal in which nothing is expanded.
func quoted(s string) string { return "'" + apostrophes.Replace(s) + "'" }
