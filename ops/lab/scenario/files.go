package scenario

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// files are the scenarios of this program: those to train on in the order of
// their numbers, and below world those to prove on.
//
//go:embed files
var files embed.FS

// library is every scenario of this program. A file of ours that does not load
// is a defect, which the tests of this package find.
var library = sync.OnceValue(func() (l struct{ training, world []Scenario }) {
	names, err := fs.Glob(files, "files/*.yaml")
	if err != nil {
		panic(err)
	}
	more, err := fs.Glob(files, "files/world/*.yaml")
	if err != nil {
		panic(err)
	}
	find := func(name string) (Scenario, bool) { return named(l.training, name) }
	for _, name := range append(names, more...) {
		data, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		s, err := Parse(name, data, find)
		if err != nil {
			panic(err)
		}
		if path.Base(path.Dir(name)) == "world" {
			l.world = append(l.world, s)
		} else {
			l.training = append(l.training, s)
		}
	}
	return l
})

// Names lists the scenarios to train on.
func Names() []string {
	var out []string
	for _, s := range All() {
		out = append(out, s.Name)
	}
	return out
}

// All gives the scenarios to train on, in the order of the help.
func All() []Scenario { return library().training }

// World gives the scenarios to prove on.
func World() []Scenario { return library().world }

// Find gives a scenario by its name; the error lists those to train on.
func Find(name string) (Scenario, error) {
	for _, list := range [][]Scenario{All(), World()} {
		if s, ok := named(list, name); ok {
			return s, nil
		}
	}
	return Scenario{}, fmt.Errorf("no scenario %q: there are %s", name, strings.Join(Names(), ", "))
}

func named(list []Scenario, name string) (Scenario, bool) {
	for _, s := range list {
		if s.Name == name {
			return s, true
		}
	}
	return Scenario{}, false
}
