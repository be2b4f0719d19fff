package status

import "fmt"

// Deserted is the finding that a console ended in the middle of a step. No
// server tells of it: whoever reads the incident's journal does, and looks who
// drives.
func Deserted(procedure, step, driver string) Finding {
	return Finding{
		Code: driverGone.code, Severity: driverGone.severity, Title: driverGone.title, Do: driverGone.do, Key: procedure,
		Why: fmt.Sprintf("the console of %s ended in the middle of %s: what came of its last action is not known", driver, step),
	}
}
