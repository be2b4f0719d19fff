package plain

import (
	"fmt"
	"time"
)

// Pauses between two lines about the same thing, so that what flaps or ticks
// cannot drown the rest.
const (
	calm = 10 * time.Second // a node, the pool, a finding
	pace = 3 * time.Second  // the progress of a step
)

// topic is one thing that can change and be told of.
type topic struct {
	key  string
	mark string // changes when there is something to tell
	text string // what is told then; "": the change is passed over in silence
	gap  time.Duration
	gone bool // there is nothing more to come
}

// told is what the operator knows of a topic.
type told struct {
	seen    string    // the newest mark
	at      time.Time // of the last line
	changes int       // since then
	first   time.Time // of these
}

// news remembers what the operator was told, and picks from the topics of each
// new state those that are worth a line.
type news map[string]*told

// know takes over what the operator was told otherwise.
func (n news) know(list []topic) {
	for _, t := range list {
		n[t.key] = &told{seen: t.mark}
	}
}

// renew has a topic told again, though it should look as before.
func (n news) renew(key string) { delete(n, key) }

// pick gives the lines that are due now. What has changed and changed back
// meanwhile is told, too, with how often.
func (n news) pick(list []topic, now time.Time) []string {
	var out []string
	for _, t := range list {
		k := n[t.key]
		if k == nil {
			k = &told{seen: t.mark, changes: 1, first: now}
			n[t.key] = k
		}
		if k.seen != t.mark {
			if k.changes == 0 {
				k.first = now
			}
			k.seen = t.mark
			k.changes++
		}
		if k.changes == 0 || now.Sub(k.at) < t.gap {
			continue
		}
		text := t.text
		if k.changes > 1 && t.gap == calm {
			text += fmt.Sprintf(" It changed %d times in %s.", k.changes, span(now.Sub(k.first)))
		}
		k.changes = 0
		if text != "" {
			k.at, out = now, append(out, text)
		}
		if t.gone {
			delete(n, t.key)
		}
	}
	return out
}
