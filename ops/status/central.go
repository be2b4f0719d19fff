package status

import "fmt"

// Central is the Central Management Store, which holds the topology and the pool's
// state, as the management host meets it.
type Central struct {
	At            Store  // SQL Server by Active Directory; no FQDN: not told
	Partner       Store  // its mirror
	Answers, Away bool   // neither: nobody can tell
	Updateability string // READ_WRITE, READ_ONLY; "": not told
	Code          int    // by which its SQL Server cannot be reached; 0: none
	Why           string // it is away, or cannot be asked
	// Known are the stores that the replica of the topology defines, where it is away.
	Known []Store
}

// Sealed reports whether it answers and takes no changes.
func (c Central) Sealed() bool {
	return c.Answers && c.Updateability != "" && c.Updateability != "READ_WRITE"
}

// Says tells how it stands.
func (c Central) Says() string {
	at := "where it is was not told"
	if c.At.FQDN != "" {
		at = "it is on " + c.At.String()
	}
	switch {
	case c.Sealed():
		return fmt.Sprintf("%s, answers and cannot be written: xds is %s", at, c.Updateability)
	case c.Answers && c.Updateability != "":
		return at + ", answers and can be written"
	case c.Away:
		return at + ", which does not answer: " + c.Why
	}
	return at + ", and whether it can be written is not known: " + c.Why
}
