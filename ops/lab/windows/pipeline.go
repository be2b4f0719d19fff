package windows

import (
	"context"
	"regexp"
	"strings"
	"unicode"
)

var (
	preference = regexp.MustCompile(`(?i)^\$(Progress|ErrorAction|Confirm|Warning|Verbose|Debug)Preference\s*=`)
	formatting = regexp.MustCompile(`(?i)\|\s*(Format-List|fl|Out-String|Out-Default)(\s+\*)?\s*$`)
)

// statements takes text apart at line ends and semicolons outside quotes.
func statements(text string) []string {
	var all []string
	quote, begin := rune(0), 0
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == ';' || r == '\n':
			all = append(all, text[begin:i])
			begin = i + 1
		}
	}
	return append(all, text[begin:])
}

// token is a word of a statement; a quoted one is never a parameter name.
type token struct {
	text   string
	quoted bool
}

// tokens takes a statement apart at spaces outside quotes.
func tokens(statement string) []token {
	var all []token
	var word strings.Builder
	quote, started, quoted := rune(0), false, false
	end := func() {
		if started {
			all = append(all, token{word.String(), quoted})
			word.Reset()
			started, quoted = false, false
		}
	}
	for _, r := range statement {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, started, quoted = r, true, true
		case quote == 0 && unicode.IsSpace(r):
			end()
		default:
			word.WriteRune(r)
			started = true
		}
	}
	end()
	return all
}

// statement runs one simple command and prints what it gives as a list.
func (p *process) statement(ctx context.Context, text string) error {
	text = strings.TrimSpace(formatting.ReplaceAllString(strings.TrimSpace(text), ""))
	if text == "" || strings.HasPrefix(text, "#") || preference.MatchString(text) {
		return nil
	}
	if strings.EqualFold(text, "$PSVersionTable.PSVersion") {
		p.print("\r\nMajor  Minor  Build  Revision\r\n-----  -----  -----  --------")
		p.print("%-6s %-6s %-6s %s\r\n", anySlice(strings.Split(psVersion, "."))...)
		return nil
	}
	words := tokens(text)
	name := words[0].text
	if words[0].quoted && len(words) == 1 {
		p.print("%s", name)
		return nil
	}
	if program := programs[baseName(name)]; program != nil {
		var args []string
		for _, w := range words[1:] {
			args = append(args, w.text)
		}
		program(p, args)
		return nil
	}
	c := p.host.cmdlet(name)
	if c == nil {
		return unknownCommand(name)
	}
	given, err := c.bind(words[1:])
	if err != nil {
		return err
	}
	records, err := c.invoke(ctx, p.host, given, func(line string) { p.print("%s", line) })
	if err != nil {
		return record(c.name, err)
	}
	p.list(records)
	return nil
}

// list prints objects as Format-List does.
func (p *process) list(objects []object) {
	for _, o := range objects {
		width := 0
		for _, property := range o {
			width = max(width, len(property[0]))
		}
		p.print("")
		for _, property := range o {
			p.print("%-*s : %s", width, property[0], property[1])
		}
	}
	if len(objects) > 0 {
		p.print("\r\n")
	}
}

func anySlice(s []string) []any {
	a := make([]any, len(s))
	for i, v := range s {
		a[i] = v
	}
	return a
}
