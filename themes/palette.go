package themes

// Theme is one colour theme.
type Theme struct {
	Name string `yaml:"name"`
	// Kind is the terminal background that the theme suits: "dark" or "light".
	Kind string `yaml:"kind"`
	// Backgrounds are terminal backgrounds on which every token must be
	// readable, since the console leaves the background to the user.
	Backgrounds []Hex  `yaml:"backgrounds"`
	Tokens      Tokens `yaml:"tokens"`
}

// Tokens are the colours by meaning. Those that end in Text are written on the
// token of the same name.
type Tokens struct {
	Text    Hex `yaml:"text"`
	Muted   Hex `yaml:"muted"`  // labels, ages, hints
	Border  Hex `yaml:"border"` // frames of panels
	Focus   Hex `yaml:"focus"`  // title of the panel that has the keys
	Code    Hex `yaml:"code"`   // what will be sent to a server, word for word
	OK      Hex `yaml:"ok"`
	Busy    Hex `yaml:"busy"` // under way
	Warn    Hex `yaml:"warn"`
	Danger  Hex `yaml:"danger"`
	Unknown Hex `yaml:"unknown"` // outcome not known
	Stale   Hex `yaml:"stale"`   // facts too old to act on

	Selected     Hex `yaml:"selected"`
	SelectedText Hex `yaml:"selected_text"`

	Production     Hex `yaml:"production"`
	ProductionText Hex `yaml:"production_text"`
	Staging        Hex `yaml:"staging"`
	StagingText    Hex `yaml:"staging_text"`
	Lab            Hex `yaml:"lab"`
	LabText        Hex `yaml:"lab_text"`
}

// Hex is a colour as #rrggbb.
type Hex string
