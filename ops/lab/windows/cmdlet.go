package windows

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// object is what a cmdlet gives: properties with their values, in order.
type object [][2]string

// arguments are the parameters given, by their names in lower case. A switch
// is true; a value is a string, a number or a list modifier.
type arguments map[string]any

func (a arguments) text(name string) string {
	switch v := a[strings.ToLower(name)].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

func (a arguments) flag(name string) bool {
	on, err := strconv.ParseBool(strings.TrimPrefix(strings.ToLower(a.text(name)), "$"))
	return err == nil && on
}

// cmdlet is one command of the Management Shell, or of PowerShell itself.
type cmdlet struct {
	name      string
	class     string   // the .NET class in error ids; empty: PowerShell's own
	takes     []string // parameters beside the common ones
	switches  []string // those of them that need no value
	mandatory []string
	changes   bool // it takes -WhatIf and -Confirm
	asks      bool // it asks before it acts
	elsewhere bool // it does not touch the Central Management Store
	run       func(ctx context.Context, h *Host, a arguments, log func(string)) ([]object, error)
}

var (
	commonParameters = []string{"Verbose", "ErrorAction", "WarningAction", "Debug", "Report", "Force", "Confirm", "WhatIf"}
	commonSwitches   = []string{"Verbose", "Debug", "Force", "Confirm", "WhatIf"}
)

// cmdlet finds a command that this host has, nil when it has none.
func (h *Host) cmdlet(name string) *cmdlet {
	i := slices.IndexFunc(cmdlets, func(c *cmdlet) bool { return strings.EqualFold(c.name, name) })
	m := h.wrong()
	if i < 0 || cmdlets[i].class != "" && (len(h.Modules) == 0 || m.absent) {
		return nil
	}
	if strings.EqualFold(m.cmdlet, name) {
		if m.lacks == "" {
			return nil
		}
		return cmdlets[i].without(m.lacks)
	}
	return cmdlets[i]
}

// parameter finds the full name of a parameter that may be abbreviated.
func (c *cmdlet) parameter(name string) (string, error) {
	var fits []string
	for _, p := range slices.Concat(c.takes, c.switches, commonParameters) {
		if strings.EqualFold(p, name) {
			return p, nil
		}
		if len(name) <= len(p) && strings.EqualFold(p[:len(name)], name) {
			fits = append(fits, p)
		}
	}
	if len(fits) != 1 {
		return "", c.refusal("NamedParameterNotFound", "InvalidArgument", "A parameter cannot be found that matches parameter name '%s'.", name)
	}
	return fits[0], nil
}

// bind reads parameters as they are typed; the first value without a name is
// the first parameter's.
func (c *cmdlet) bind(words []token) (arguments, error) {
	a := arguments{}
	for i := 0; i < len(words); i++ {
		name, value, joined := strings.Cut(words[i].text, ":")
		if words[i].quoted || !strings.HasPrefix(name, "-") {
			if len(c.takes) == 0 || a[strings.ToLower(c.takes[0])] != nil {
				return nil, c.refusal("PositionalParameterNotFound", "InvalidArgument",
					"A positional parameter cannot be found that accepts argument '%s'.", words[i].text)
			}
			a[strings.ToLower(c.takes[0])] = words[i].text
			continue
		}
		full, err := c.parameter(name[1:])
		if err != nil {
			return nil, err
		}
		key := strings.ToLower(full)
		switch {
		case joined:
			a[key] = value
		case slices.Contains(c.switches, full) || slices.Contains(commonSwitches, full):
			a[key] = true
		case i+1 < len(words):
			i++
			a[key] = words[i].text
		default:
			return nil, c.refusal("MissingArgument", "InvalidArgument", "Missing an argument for parameter '%s'.", full)
		}
	}
	return a, nil
}

// bindNamed takes parameters that come as JSON.
func (c *cmdlet) bindNamed(given map[string]any) (arguments, error) {
	a := arguments{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		full, err := c.parameter(name)
		if err != nil {
			return nil, err
		}
		a[strings.ToLower(full)] = given[name]
	}
	return a, nil
}

// invoke runs the cmdlet the way a shell without a person at it does.
func (c *cmdlet) invoke(ctx context.Context, h *Host, a arguments, log func(string)) ([]object, error) {
	for _, m := range c.mandatory {
		if _, given := a[strings.ToLower(m)]; !given {
			return nil, c.refusal("MissingMandatoryParameter", "InvalidArgument",
				"Cannot process command because of one or more missing mandatory parameters: %s.", m)
		}
	}
	switch {
	case c.changes && a.flag("WhatIf") && !h.wrong().ignores:
		log("What if: Performing the operation \"" + c.name + "\".")
		return nil, nil
	case c.asks && (a["confirm"] == nil || a.flag("Confirm")):
		return nil, c.refusal("InvalidOperation", "InvalidOperation",
			"Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.")
	}
	if c.class != "" {
		h.Estate.CmdletBegun(h.Name, c.name)
	}
	if err := c.needsCentral(ctx, h, a); err != nil {
		return nil, err
	}
	return c.run(ctx, h, a, log)
}

// refusal is an error of the cmdlet itself.
func (c *cmdlet) refusal(id, category, format string, args ...any) error {
	return &CmdletError{Message: fmt.Sprintf(format, args...), ID: id + "," + c.class, Category: category}
}
