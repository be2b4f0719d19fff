// Package style turns a theme's tokens into the styles that the screen draws
// with. It is the only place where colours meet Lip Gloss. Which badge and
// which border an environment gets is decided here from its danger level, not
// by the theme.
package style

import (
	"charm.land/lipgloss/v2"

	"pchatops/ops/site"
	"pchatops/themes"
)

// Style is everything the screen draws with.
type Style struct {
	Text    lipgloss.Style
	Muted   lipgloss.Style
	Title   lipgloss.Style
	Border  lipgloss.Style
	Focus   lipgloss.Style // title of the panel that has the keys
	Code    lipgloss.Style // what will be sent, word for word
	OK      lipgloss.Style
	Busy    lipgloss.Style
	Warn    lipgloss.Style
	Danger  lipgloss.Style
	Unknown lipgloss.Style
	Stale   lipgloss.Style

	Selected lipgloss.Style // the selected step, the focused button
	Badge    lipgloss.Style // the environment
	// BadgeWord says which environment it is: LIVE, STAGING, LAB.
	BadgeWord string
	// Frame is the shape of every border; the heavy one marks production, for
	// those who see no colours.
	Frame lipgloss.Border
}

// New builds the styles of a theme for an environment.
func New(t themes.Theme, d site.Danger) *Style {
	k := t.Tokens
	s := &Style{
		Text:     ink(k.Text),
		Muted:    ink(k.Muted),
		Title:    ink(k.Text).Bold(true),
		Border:   ink(k.Border),
		Focus:    ink(k.Focus).Bold(true),
		Code:     ink(k.Code),
		OK:       ink(k.OK),
		Busy:     ink(k.Busy),
		Warn:     ink(k.Warn),
		Danger:   ink(k.Danger).Bold(true),
		Unknown:  ink(k.Unknown).Bold(true),
		Stale:    ink(k.Stale),
		Selected: ground(k.SelectedText, k.Selected),
	}
	s.environment(k, d)
	return s
}

// environment marks where one is. A level that nobody knows counts as
// production.
func (s *Style) environment(k themes.Tokens, d site.Danger) {
	switch d {
	case site.Lab:
		s.BadgeWord, s.Badge, s.Frame = "LAB", ground(k.LabText, k.Lab), lipgloss.RoundedBorder()
	case site.Staging:
		s.BadgeWord, s.Badge, s.Frame = "STAGING", ground(k.StagingText, k.Staging), lipgloss.NormalBorder()
	default:
		s.BadgeWord, s.Badge, s.Frame = "LIVE", ground(k.ProductionText, k.Production), lipgloss.ThickBorder()
	}
}

// ground writes a text on a ground of its own; on the terminal's own ground it
// stands out in reverse, which needs no colour.
func ground(text, on themes.Colour) lipgloss.Style {
	if on == themes.Default {
		return ink(text).Reverse(true).Bold(true)
	}
	return ink(text).Background(lipgloss.Color(string(on))).Bold(true)
}

func ink(c themes.Colour) lipgloss.Style {
	if c == themes.Default {
		return lipgloss.NewStyle()
	}
	return lipgloss.NewStyle().Foreground(lipgloss.Color(string(c)))
}
