package tsql

import (
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"
)

// plans are the batches that were compiled last, as SQL Server's plan cache
// keeps them: a console sends the same text again and again. Statements are not
// changed by running them, so that sessions share them.
var plans = func() *lru.Cache[plan, compiled] {
	c, err := lru.New[plan, compiled](1024)
	if err != nil {
		panic(err)
	}
	return c
}()

// plan is what a compiled batch depends on.
type plan struct {
	text, params string
	quoted       bool
}

// maxPlan is the longest text that is kept, in bytes.
const maxPlan = 64 << 10

// compile parses a batch, unless it is one of the last. A batch that does not
// compile is not kept.
func compile(text string, params declarations, known func(string) bool, quoted bool) (compiled, *Error) {
	if len(text) > maxPlan {
		return parse(text, params, known, quoted)
	}
	key := plan{text, fmt.Sprint(params), quoted}
	if batch, ok := plans.Get(key); ok {
		return batch, nil
	}
	batch, err := parse(text, params, known, quoted)
	if err == nil && batch.unbound == nil {
		plans.Add(key, batch)
	}
	return batch, err
}
