package tui_test

import (
	"fmt"
	"reflect"
	"testing"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/incident"
	"pchatops/tui/tuitest"
)

// poison drives a terminal, rings, renames the window, is wide, invisible,
// joins its neighbour and turns the direction of writing.
const poison = "\x1b[2J\x1b]0;owned\x07\u202e数据\u200bא\u0301\r\n\x9b31m\x00👩\u200d👧 x"

// poisoned gives a value whose every text is poison, wherever it stands.
func poisoned(v reflect.Value, depth int) {
	if depth > 8 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(poison)
	case reflect.Struct:
		for i := range v.NumField() {
			poisoned(v.Field(i), depth+1)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		poisoned(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			poisoned(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		poisoned(key, depth+1)
		poisoned(value, depth+1)
		v.SetMapIndex(key, value)
	case reflect.Interface:
		if v.Type() == reflect.TypeFor[error]() {
			v.Set(reflect.ValueOf(&fault.Error{Tried: poison, Target: poison, Text: poison, Do: poison}))
		}
	default: // numbers and times are no texts
	}
}

// Whatever a server, a file or a colleague calls itself: it is text, at every
// size and in every place. The driver holds each frame to that.
func TestEveryTextMayBePoison(t *testing.T) {
	all := incident.State{}
	poisoned(reflect.ValueOf(&all).Elem(), 0)
	ours := failover() // with names and states that the console knows, and poison around them
	for i := range ours.Steps {
		st := all.Steps[0]
		st.ID, st.Outcome, st.Running, st.Already = ours.Steps[i].ID, [...]engine.Outcome{"", engine.Done, engine.Failed, engine.Unknown, engine.Skipped}[i%5], i == 5, i == 6
		ours.Steps[i] = st
	}
	for i := range ours.Snapshot.Nodes {
		n := all.Snapshot.Nodes[0]
		n.Role, n.Reachable, n.Facts.Database.State = ours.Snapshot.Nodes[i].Role, i%2 == 0, ours.Snapshot.Nodes[i].Facts.Database.State
		ours.Snapshot.Nodes[i] = n
	}
	ours.Findings, ours.Notes, ours.Snapshot.Pool, ours.Snapshot.Share = all.Findings, all.Notes, all.Snapshot.Pool, all.Snapshot.Share
	for name, s := range map[string]incident.State{"all of it": all, "around what is known": ours} {
		for _, size := range [][2]int{{80, 24}, {200, 60}, {40, 12}} {
			t.Run(fmt.Sprintf("%s at %dx%d", name, size[0], size[1]), func(t *testing.T) {
				f := tuitest.NewIncident(s)
				d := console(t, f, size[0], size[1])
				for _, page := range []string{"l", "d", "f", "?", "P", "t"} {
					d.Press(page, "pgdown", "G", "esc")
				}
				for range s.Steps {
					d.Press("j", "tab", "G", "tab")
				}
				d.Press("g", "enter").Press("esc", "s").Paste(poison).Press("esc", "n").Paste(poison).Press("esc", "/").Paste(poison).Press("enter", "esc", "y")
			})
		}
	}
}
