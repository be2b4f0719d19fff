package status

// Severity of a finding.
type Severity string

// The severities, most severe first.
const (
	Critical Severity = "critical"
	Warning  Severity = "warning"
	Info     Severity = "info"
)

// Finding is a named situation of the site.
type Finding struct {
	Code     string   `json:"code"` // "primary-site-lost", …: listed in docs/findings.md
	Severity Severity `json:"severity"`
	Subject  string   `json:"subject,omitempty"` // address of the node concerned
	Title    string   `json:"title"`             // a few words, for the panel: "PRIMARY SITE LOST"
	Why      string   `json:"why"`               // the evidence, in one sentence
	Do       string   `json:"do"`                // what to do
	Key      string   `json:"action,omitempty"`  // procedure that remedies it: "failover"
}

// Exposure is how much chat would be lost by failing over now: the age of the
// newest log backup that has reached the share.
type Exposure struct {
	Known   bool
	Seconds float64
	// Loss: no primary lives, and this is the most that failing over now loses.
	// Else it is what would be lost if the primary died at this moment.
	Loss  bool
	Since string // file or source the number comes from
	Why   string // why it is not known, or what it rests on
}
