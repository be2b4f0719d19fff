package world

import (
	"os"

	"pchatops/ops/lab/tsql"
)

// undoOf is what the undo file of a database in STANDBY holds.
func undoOf(d *database) []byte { return []byte("undo of " + d.c.family.String()) }

// undone tells why a database cannot leave STANDBY: its undo file is needed for
// that, and the service's account must be able to read it.
func (d *database) undone(i *Instance) *tsql.Error {
	if d.standby == "" {
		return nil
	}
	var content []byte
	path, err := i.file(Engine, d.standby, false)
	if err == nil {
		if content, err = os.ReadFile(path); err != nil {
			err = fileError(path, err)
		}
	}
	switch {
	case err != nil:
		return fail(3441, d.name, d.id, d.standby, osText(err))
	case string(content) != string(undoOf(d)):
		return fail(3445, d.standby, d.name, d.id)
	}
	return nil
}

// startUp brings the databases of an instance up that has been started: one in
// STANDBY does not come up without its undo file.
func (i *Instance) startUp() {
	for _, d := range i.databases {
		switch {
		case d.state == online && d.undone(i) != nil:
			d.state = pending
		case d.state == pending && d.undone(i) == nil:
			d.state = online
		}
	}
}
