package tsql

import (
	"maps"
	"slices"
)

// notOffered is the number of the message by which the lab refuses what a real
// server does: it is not one of SQL Server's own.
const notOffered = 50000

// Unplayed refuses what a real server does and the lab never will. The sentence
// is the same for all of it, so that nobody takes it for a mistake of his own.
func Unplayed(what string) *Error {
	return refuse(notOffered, "%s: this is a simulated server, which does not do that; a real SQL Server does.", clip(what, maxIdentifier))
}

// unplayed keeps the first refusal of a batch. The parser goes on: a mistake of
// syntax further on is what the client is to hear of first.
func (p *parser) unplayed(line int32, what string) {
	if p.refused == nil {
		p.refused = Unplayed(what)
		p.refused.Line = line
		p.refused.Message += " Nothing of the batch has run."
	}
}

// RefusedProcedures are the procedures that are refused by their names.
func RefusedProcedures() []string { return slices.Sorted(maps.Keys(refusedProcedures)) }

// RefusedViews are the views and tables that are refused by their names.
func RefusedViews() []string {
	return slices.Concat(slices.Sorted(maps.Keys(refusedViews)), slices.Sorted(maps.Keys(refusedTables)))
}
