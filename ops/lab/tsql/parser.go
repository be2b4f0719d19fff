package tsql

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Bounds on what is compiled: a batch beyond them is refused, as SQL Server does.
const (
	maxBatch   = 1 << 20 // bytes
	maxNesting = 128     // parentheses, blocks and queries inside each other
	maxTerms   = 4096    // operators in a row
)

// declarations are the variables of a batch, or the parameters of a statement.
type declarations map[string]typ

// parser turns tokens into statements. Inside, a syntax error is a panic with
// an *Error that parse catches.
type parser struct {
	tokens   []token
	at       int
	depth    int
	declared declarations
	tables   map[string]bool
	known    func(function string) bool
	unbound  *Error      // the first undeclared variable or unknown function
	query    *selectCore // whose select list is being parsed
	loops    int

	parseOnly *bool  // what the last SET PARSEONLY of the text says
	refused   *Error // what the lab does not play
}

// compiled is a batch ready to run, with what its text alone has set: some
// options take effect while a batch is being parsed.
type compiled struct {
	list      []stmt
	unbound   *Error // an undeclared variable or an unknown function; not played
	parseOnly *bool
	quoted    bool // QUOTED_IDENTIFIER at the end of the text
}

// parse compiles a batch. Nothing of a batch that does not compile runs.
func parse(text string, params declarations, known func(string) bool, quoted bool) (out compiled, err *Error) {
	if len(text) > maxBatch {
		return out, refuse(191, "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.")
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	tokens, quoted, err := lex(text, quoted)
	if err != nil {
		return out, err
	}
	p := &parser{tokens: tokens, declared: declarations{}, tables: map[string]bool{}, known: known}
	for name, t := range params {
		p.declared[fold(name)] = t
	}
	err = p.catch(func() { out.list = p.batch() })
	out.unbound, out.parseOnly, out.quoted = p.unbound, p.parseOnly, quoted
	if out.unbound == nil {
		out.unbound = p.refused
	}
	return out, err
}

// catch runs a part of the parser and returns the syntax error it met.
func (p *parser) catch(f func()) (err *Error) {
	defer func() {
		if r := recover(); r != nil {
			failed, ok := r.(error)
			if !ok || !errors.As(failed, &err) {
				panic(r)
			}
		}
	}()
	f()
	return nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

// ahead looks n tokens on.
func (p *parser) ahead(n int) token { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// fail refuses the current token. At the end it names the last one, as SQL
// Server does.
func (p *parser) fail() {
	t := p.peek()
	if t.kind == tokenEnd && p.at > 0 {
		t = p.tokens[p.at-1]
	}
	if t.kind == tokenWord {
		panic(near(t.line, t.text))
	}
	panic(syntax(102, t.line, "Incorrect syntax near '%s'.", clip(t.text, maxIdentifier)))
}

// take consumes the current token if it is one of the words or symbols.
func (p *parser) take(texts ...string) bool {
	for _, text := range texts {
		if p.peek().is(text) {
			p.next()
			return true
		}
	}
	return false
}

// need consumes words or symbols that must follow.
func (p *parser) need(texts ...string) {
	for _, text := range texts {
		if !p.take(text) {
			p.fail()
		}
	}
}

// takeAll consumes a phrase, or nothing when it is not there in full.
func (p *parser) takeAll(texts ...string) bool {
	for i, text := range texts {
		if !p.ahead(i).is(text) {
			return false
		}
	}
	p.at += len(texts)
	return true
}

// deeper guards recursion; the caller defers the function it returns.
func (p *parser) deeper() func() {
	p.depth++
	if p.depth > maxNesting {
		panic(syntax(191, p.peek().line, "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries."))
	}
	return func() { p.depth-- }
}

func (p *parser) name() string {
	if !p.peek().name() {
		p.fail()
	}
	return p.next().text
}

// alias is a name, or a string that stands for one.
func (p *parser) alias() string {
	if p.peek().kind == tokenString {
		return p.next().text
	}
	return p.name()
}

// dotted reads a name of up to four parts; parts in the middle may be empty.
func (p *parser) dotted() []string {
	var parts []string
	if p.peek().is(".") {
		parts = []string{""} // the default of what is left out
	} else {
		parts = []string{p.name()}
	}
	for p.peek().is(".") {
		p.next()
		if len(parts) == 4 {
			panic(syntax(117, p.peek().line, "The object name '%s' contains more than the maximum number of prefixes. The maximum is 3.", strings.Join(parts, ".")))
		}
		if p.peek().is(".") {
			parts = append(parts, "")
			continue
		}
		parts = append(parts, p.name())
	}
	return parts
}

// local reads @name of a declared variable.
func (p *parser) local() string {
	if p.peek().kind != tokenVariable || strings.HasPrefix(p.peek().text, "@@") {
		p.fail()
	}
	t := p.next()
	name := fold(t.text)
	if _, ok := p.declared[name]; !ok {
		p.missing(syntax(137, t.line, "Must declare the scalar variable \"%s\".", t.text), 2)
	}
	return name
}

// missing keeps the first error of names: errors of syntax come before them.
func (p *parser) missing(err *Error, state uint8) {
	if p.unbound == nil {
		err.State = state
		p.unbound = err
	}
}
