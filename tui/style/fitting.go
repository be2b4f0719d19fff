package style

import "github.com/charmbracelet/colorprofile"

// Fitting is the name of the theme for a terminal of which nobody said which
// to use. Where the console's own colours would be replaced by the nearest of
// a few, contrast that was measured no longer holds, so the terminal's own
// palette is used instead; and where there are no colours, or NO_COLOR asks
// for none, what stands out does so in bold and in reverse.
func Fitting(p colorprofile.Profile, dark bool) string {
	switch {
	case Colourful(p):
		if dark {
			return "dark"
		}
		return "light"
	case p == colorprofile.ANSI:
		return "sixteen"
	default:
		return "mono"
	}
}

// Colourful reports whether a terminal shows the colours of a theme about as
// they are. One that has not told yet is taken for one that does.
func Colourful(p colorprofile.Profile) bool {
	return p == colorprofile.Unknown || p >= colorprofile.ANSI256
}
