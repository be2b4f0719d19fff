package status

import (
	"cmp"
	"fmt"
)

// Deserted is the finding that a console ended in the middle of a step. No
// server tells of it: whoever reads the incident's journal does, and looks who
// drives.
func Deserted(procedure, step, driver string) Finding {
	return Finding{
		Code: driverGone.code, Severity: driverGone.severity, Title: driverGone.title, Do: driverGone.do, Key: procedure,
		Why: fmt.Sprintf("the console of %s ended in the middle of %s: what came of its last action is not known", driver, step),
	}
}

// RightLost is the finding that this console may send nothing for the moment.
// Whoever holds the right to drive tells of it.
func RightLost(why string) Finding {
	return Finding{Code: rightLost.code, Severity: rightLost.severity, Title: rightLost.title, Do: rightLost.do, Why: why}
}

// JournalUnread is the finding that a journal that may be the record of an open
// incident cannot be read. Whoever reads the folder of the journals tells of it.
func JournalUnread(path, why, do string) Finding {
	return Finding{
		Code: journalUnread.code, Severity: journalUnread.severity, Title: journalUnread.title, Do: cmp.Or(do, journalUnread.do),
		Why: "the journal " + quote(path) + " cannot be read: " + quote(why),
	}
}

// RecoveredReplaced is the finding that the database which an incident has recovered is
// not the one that is online. Whoever reads the incident's journal tells of it.
func RecoveredReplaced(subject, why string) Finding {
	s := recoveredReplaced
	return Finding{Code: s.code, Severity: s.severity, Subject: subject, Title: s.title, Do: s.do, Key: s.procedure, Why: why}
}

// ChatNotBack is the finding that nobody can chat although everything is done
// for it. Whoever waited for the chat servers tells of it.
func ChatNotBack(pool, why string) Finding {
	return Finding{
		Code: chatNotBack.code, Severity: chatNotBack.severity, Subject: pool, Title: chatNotBack.title, Do: chatNotBack.do, Why: why,
	}
}
