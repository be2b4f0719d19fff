package engine

import (
	"context"
	"time"
)

// Service is what a procedure brings back to people. That it is back is seen,
// not assumed.
type Service struct {
	Step   string        // the step after which people should have it
	Within time.Duration // how long that may take
	// Seen looks whether somebody has it, and says who; "": nobody yet.
	Seen func(ctx context.Context) (string, error)
	// Missing says what keeps people from it.
	Missing func(ctx context.Context) string
}

// ChatBack is the name of the fact that says when the service was first seen to
// be back, in RFC 3339.
const ChatBack = "chat_back"

// SeenRecord is the data of a seen line: something that was observed outside
// any step, or that a step keeps on record before it sends something.
type SeenRecord struct {
	Step string `json:"step,omitempty"`
	Fact
	Says  string `json:"says,omitempty"`  // one sentence
	Facts []Fact `json:"facts,omitempty"` // that come with it
}
