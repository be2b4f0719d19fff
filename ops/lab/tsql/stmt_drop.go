package tsql

import "context"

// dropStmt is DROP DATABASE, or DROP TABLE of temporary tables.
type dropStmt struct {
	line
	names    []string
	database bool
	ifExists bool
}

func (s *dropStmt) run(_ context.Context, f *frame) (flow, *Error) {
	if s.database && f.s.transactions > 0 {
		return goOn, refuse(574, "DROP DATABASE statement cannot be used inside a user transaction.")
	}
	for _, name := range s.names {
		if err := s.drop(f, name); err != nil {
			return goOn, err
		}
	}
	f.done(-1)
	return goOn, nil
}

func (s *dropStmt) drop(f *frame, name string) *Error {
	if s.database {
		err := f.s.host.Drop(name)
		if err != nil && err.Number == noSuchObject && s.ifExists {
			return nil
		}
		return err
	}
	if !isLocalTable(name) && f.exists("", "", name) {
		return Unplayed("DROP TABLE")
	}
	if f.s.temp[fold(name)] == nil && !s.ifExists {
		err := refuse(noSuchObject, "Cannot drop the table '%s', because it does not exist or you do not have permission.", name)
		err.Class, err.State = 11, 5
		return err
	}
	delete(f.s.temp, fold(name))
	return nil
}

// noSuchObject is what DROP says of a thing that is not there.
const noSuchObject = 3701
