package tui

import (
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// keyPress takes a key as the terminal sent it. Most terminals send Escape as
// the byte with which longer keys begin, so Escape and a key close behind it
// look like that key with Alt; on a slow line every fast pair of keys does. As
// no time tells them apart, they mean what they mean one after the other,
// unless the terminal marks Alt for certain or a key was given to Alt.
func (m *Model) keyPress(msg tea.KeyPressMsg) tea.Cmd {
	if _, known := m.keys.Resolve(m.scope(), msg.String()); known || m.look.exact || !msg.Mod.Contains(tea.ModAlt) {
		return m.key(msg)
	}
	escape := m.key(tea.KeyPressMsg{Code: tea.KeyEscape})
	return tea.Batch(escape, m.key(withoutAlt(msg)))
}

func withoutAlt(k tea.KeyPressMsg) tea.KeyPressMsg {
	k.Mod &^= tea.ModAlt
	if k.Mod&^tea.ModShift == 0 && unicode.IsPrint(k.Code) {
		k.Text = string(k.Code)
		if k.ShiftedCode != 0 {
			k.Text = string(k.ShiftedCode)
		}
	}
	return k
}
