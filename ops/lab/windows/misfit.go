package windows

import (
	"fmt"
	"slices"
	"strings"
)

// misfit is what is wrong with a host since somebody set it up.
type misfit struct {
	groups  string // that they are not in; empty: they are in all that they need
	absent  bool   // the Management Shell is not installed
	cmdlet  string // in lower case: it has no parameter lacks, or is missing where that is empty
	lacks   string
	stuck   string // the folder on which a probe hangs
	ignores bool   // cmdlets do not heed -WhatIf
}

// Misfit breaks something of the host, or mends it.
func (h *Host) Misfit(what, value string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := &h.misfit
	switch what {
	case "without":
		m.groups = value
	case "module":
		m.absent = value == "absent"
	case "cmdlet":
		name, parameter, _ := strings.Cut(value, "/")
		m.cmdlet, m.lacks = strings.ToLower(name), parameter
	case "stuck":
		m.stuck = value
	case "whatif":
		m.ignores = value == "ignored"
	default:
		return fmt.Errorf("nothing is known of %q", what)
	}
	return nil
}

// wrong is what is wrong now.
func (h *Host) wrong() misfit {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.misfit
}

// without is a cmdlet that lacks a parameter.
func (c *cmdlet) without(parameter string) *cmdlet {
	other := *c
	none := func(p string) bool { return strings.EqualFold(p, parameter) }
	other.takes = slices.DeleteFunc(slices.Clone(c.takes), none)
	other.switches = slices.DeleteFunc(slices.Clone(c.switches), none)
	other.mandatory = slices.DeleteFunc(slices.Clone(c.mandatory), none)
	return &other
}
