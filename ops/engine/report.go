package engine

// Reporter takes the live signs of a running action. It never blocks.
type Reporter interface {
	Progress(Progress)
	Log(line string)
	// Observe records a fact for the proof: name and value.
	Observe(name, value string)
	// Keep observes facts that are on record when it returns, however the console
	// ends after that. What rests on them is not sent after an error.
	Keep(facts ...Fact) error
}

// Progress of an action.
type Progress struct {
	Percent float64 `json:"percent"` // 0..100; negative: not known
	Done    int64   `json:"done,omitempty"`
	Total   int64   `json:"total,omitempty"`
	Unit    string  `json:"unit,omitempty"` // "bytes", "files"
	Note    string  `json:"note,omitempty"`
	// Apart: the work goes on by itself from here, and the console only follows
	// it. Left alone it is found again.
	Apart bool `json:"apart,omitempty"`
	// Begun: the work was begun, though nobody can say how much of it was done.
	Begun bool `json:"begun,omitempty"`
}

// Proof is what a verification observed.
type Proof struct {
	Holds bool   `json:"holds"`
	Says  string `json:"says"` // one sentence
	Facts []Fact `json:"facts,omitempty"`
	// Moot says why the step cannot be carried out any more although it is not
	// so, and holds up none behind it: somebody else went past it.
	Moot string `json:"moot,omitempty"`
	// Decide: it does not hold because the operator has to decide about something.
	// A plan made anew asks for that.
	Decide bool `json:"decide,omitempty"`
	// Open: it does not hold, and there is something that the step can do now.
	Open bool `json:"open,omitempty"`
	// LeftBehind are the backups that anything knew of and that are not in the
	// recovered database, or will not be when it is recovered now.
	LeftBehind []Left `json:"left_behind,omitempty"`
	// Unread are the places that may hold backups and could not be read.
	Unread []Unread `json:"unread,omitempty"`
	// Rivals are the servers that serve the same database, too: chat that they
	// take is lost to the others.
	Rivals []Rival `json:"rivals,omitempty"`
}

// Left is a backup that is left behind.
type Left struct {
	File string `json:"file"`
	Why  string `json:"why"`
}

// Rival is a server that was read and serves the database beside the one that a
// procedure has brought up.
type Rival struct {
	Place string `json:"place"`
	Why   string `json:"why"`
	Do    string `json:"do"` // what takes it out of service
}

// Unread is a place that could not be read.
type Unread struct {
	Place string `json:"place"`
	Why   string `json:"why"`
}

// Fact is one observation.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
