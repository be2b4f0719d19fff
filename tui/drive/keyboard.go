package drive

// typed gives what a terminal sends for a key. Escape comes in the form of the
// Kitty protocol, which the console asks for: the bare byte would only be
// understood after a pause.
func typed(key string) string {
	switch key {
	case "enter":
		return "\r"
	case "esc":
		return "\x1b[27u"
	case "tab":
		return "\t"
	case "shift+tab":
		return "\x1b[Z"
	case "backspace":
		return "\x7f"
	case "up":
		return "\x1b[A"
	case "down":
		return "\x1b[B"
	case "right":
		return "\x1b[C"
	case "left":
		return "\x1b[D"
	case "home":
		return "\x1b[H"
	case "end":
		return "\x1b[F"
	case "pgup":
		return "\x1b[5~"
	case "pgdown":
		return "\x1b[6~"
	case "f1":
		return "\x1bOP"
	case "ctrl+c":
		return "\x03"
	case "ctrl+l":
		return "\x0c"
	case "ctrl+z":
		return "\x1a"
	case "ctrl+n":
		return "\x0e"
	case "space":
		return " "
	}
	return key
}
