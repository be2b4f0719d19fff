package engine

// Reporter takes the live signs of a running action. It never blocks.
type Reporter interface {
	Progress(Progress)
	Log(line string)
	// Observe records a fact for the proof: name and value.
	Observe(name, value string)
}

// Progress of an action.
type Progress struct {
	Percent float64 `json:"percent"` // 0..100; negative: not known
	Done    int64   `json:"done,omitempty"`
	Total   int64   `json:"total,omitempty"`
	Unit    string  `json:"unit,omitempty"` // "bytes", "files"
	Note    string  `json:"note,omitempty"`
}

// Proof is what a verification observed.
type Proof struct {
	Holds bool   `json:"holds"`
	Says  string `json:"says"` // one sentence
	Facts []Fact `json:"facts,omitempty"`
}

// Fact is one observation.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
