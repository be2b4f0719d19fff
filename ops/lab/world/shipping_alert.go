package world

import (
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
)

// shipAlert is what the alert job does: an error for every threshold that is
// exceeded makes it fail.
func (i *Instance) shipAlert() outcome {
	w := i.w
	w.mu.Lock()
	defer w.mu.Unlock()
	now := i.now()
	var raised []string
	for _, p := range i.monitored(true) {
		if age := ageMinutes(now, p.lastDate); p.alertEnabled && age > p.threshold {
			raised = append(raised, alertText(fail(14420, p.server+"."+p.database, p.threshold, age)))
		}
	}
	for _, d := range i.monitored(false) {
		if age := ageMinutes(now, d.lastDate); d.alertEnabled && age > d.threshold {
			raised = append(raised, alertText(fail(14421, d.server+"."+d.database, d.threshold, age, max(d.latency, 0))))
		}
	}
	return outcome{failed: len(raised) > 0, message: strings.Join(raised, " ")}
}

// alertText is how the history of a job shows an error.
func alertText(e *tsql.Error) string {
	return e.Message + " [SQLSTATE 42000] (Error " + digits(int64(e.Number)) + ")."
}

// ageMinutes is the time since t; what never happened counts as just now.
func ageMinutes(now, t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return int(now.Sub(t).Minutes())
}

// sinceOrNull is the age in minutes; NULL when it never happened.
func sinceOrNull(now, t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return ageMinutes(now, t)
}
