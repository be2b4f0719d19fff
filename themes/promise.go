package themes

import (
	"fmt"
	"strings"
)

// promise holds a theme to its contrast for every pair that is drawn together:
// each token on the terminal's backgrounds, or on the ground of its name. A
// pair with a colour of the user's own palette cannot be known.
func (p *parser) promise() error {
	ground := map[string]Colour{}
	for _, t := range p.theme.Tokens.all() {
		ground[t.name] = *t.colour
	}
	for _, t := range p.theme.Tokens.all() {
		if _, isGround := ground[t.name+"_text"]; isGround {
			continue
		}
		grounds := p.theme.Backgrounds
		if name, written := strings.CutSuffix(t.name, "_text"); written {
			grounds = []Colour{ground[name]}
		}
		for _, g := range grounds {
			if err := p.pair(t, g); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *parser) pair(t token, ground Colour) error {
	if !t.colour.exact() || !ground.exact() {
		return nil
	}
	if have := contrast(*t.colour, ground); have < p.theme.Contrast {
		return fmt.Errorf("%s:%d: token %s (%s) on %s has a contrast of %.2f, and the theme promises %.1f",
			p.file, p.lines[t.name], t.name, *t.colour, ground, have, p.theme.Contrast)
	}
	return nil
}
