package themes

// Theme is one colour theme.
type Theme struct {
	Name string
	Kind Kind
	// Contrast is what the theme promises for every pair drawn together, as
	// WCAG 2 counts it. A file that breaks its promise is refused.
	Contrast float64
	// Backgrounds are terminal backgrounds on which every token must be
	// readable, since the console leaves the background to the user.
	Backgrounds []Colour
	Tokens      Tokens
}

// Kind is the terminal background that a theme suits.
type Kind string

// The kinds. A theme for any background names no colours of its own: only the
// user knows what the 16 colours of the palette look like on the background
// that they were chosen for.
const (
	Dark  Kind = "dark"
	Light Kind = "light"
	Any   Kind = "any"
)

// Tokens are the colours by meaning. Those that end in Text are written on the
// token of the same name.
type Tokens struct {
	Text    Colour `yaml:"text"`
	Muted   Colour `yaml:"muted"`  // labels, ages, hints
	Border  Colour `yaml:"border"` // frames of panels
	Focus   Colour `yaml:"focus"`  // title of the panel that has the keys
	Code    Colour `yaml:"code"`   // what will be sent to a server, word for word
	OK      Colour `yaml:"ok"`
	Busy    Colour `yaml:"busy"` // under way
	Warn    Colour `yaml:"warn"`
	Danger  Colour `yaml:"danger"`
	Unknown Colour `yaml:"unknown"` // outcome not known
	Stale   Colour `yaml:"stale"`   // facts too old to act on

	Selected     Colour `yaml:"selected"`
	SelectedText Colour `yaml:"selected_text"`

	Production     Colour `yaml:"production"`
	ProductionText Colour `yaml:"production_text"`
	Staging        Colour `yaml:"staging"`
	StagingText    Colour `yaml:"staging_text"`
	Lab            Colour `yaml:"lab"`
	LabText        Colour `yaml:"lab_text"`
}
