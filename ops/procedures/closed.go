package procedures

import (
	"errors"

	"pchatops/ops/fault"
)

// Closed says why nothing in a folder can be opened, by what came of some files in
// it: each was refused, and all in the same way. nil: one could be opened, or is bad
// for itself. What it says holds for the files that nobody has tried, and so tells
// that, and with which one it was met.
func Closed(tried ...error) error {
	var first, last *fault.Error
	for _, err := range tried {
		if !Barred(err) || !errors.As(err, &last) {
			return nil
		}
		if first == nil {
			first = last
		}
		if first.Class != last.Class || first.Number != last.Number {
			return nil
		}
	}
	if first == nil {
		return nil
	}
	of := *last
	of.Text, of.Cause = "not tried, as nothing else that was tried there could be opened: "+last.Tried+": "+last.Text, last
	of.Tried = "read the header"
	return &of
}

// Barred tells a right or a way that is missing from a bad file.
func Barred(err error) bool {
	switch fault.ClassOf(err) {
	case fault.Access, fault.Permission, fault.NotFound, fault.Login, fault.Unreachable:
		return err != nil
	default:
		return false
	}
}

// Samples are a few files that stand for a folder: its first, its last and one between.
func Samples(files []Backup) []Backup {
	if len(files) <= 3 {
		return files
	}
	return []Backup{files[0], files[len(files)/2], files[len(files)-1]}
}
