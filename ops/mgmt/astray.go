package mgmt

import (
	"maps"
	"slices"
	"strings"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// mayRun begins the name of a fact that names the host where some work was to be
// begun and whose end nobody has seen; "" once somebody has.
const mayRun = "may still run: "

func (w work) astray() string { return mayRun + w.same }

// Strayed gives, of an incident's facts, those that name such hosts.
func Strayed(facts map[string]string) (out []engine.Fact) {
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		if value := facts[name]; strings.HasPrefix(name, mayRun) && value != "" {
			out = append(out, engine.Fact{Name: name, Value: value})
		}
	}
	return out
}

// sends puts on record which job is about to do some work, and where, so that who
// comes after a console that was killed knows. An error: it must not be sent.
func (w work) sends(a attempt, r engine.Reporter) error {
	facts := []engine.Fact{{Name: "job", Value: a.id + " on " + a.host.Name()}}
	if w.same != "" {
		facts = append(facts, engine.Fact{Name: w.astray(), Value: a.host.Name()})
	}
	return r.Keep(facts...)
}

// ended notes that the work's end was seen, or what it does, or that it was never
// begun.
func (w work) ended(r engine.Reporter) {
	if w.same != "" {
		r.Observe(w.astray(), "")
	}
}

// strayed gives the host on which an earlier run of the incident was to begin the
// work, if nobody has seen its end; "" for none.
func (j *jobs) strayed(w work) string {
	if j.recall == nil || w.same == "" {
		return ""
	}
	return j.recall(w.astray())
}

// Recalls gives the shell the facts that earlier actions of the incident observed.
// It is called before anything is sent.
func (s *Shell) Recalls(recall func(name string) string) { s.jobs.recall = recall }

// elsewhere is why work must not be begun, or taken for work that does not run:
// the host on which an earlier run of the incident was to begin it does not answer.
// What takes seconds does no harm a second time.
func (j *jobs) elsewhere(w work, silent []*fault.Error) error {
	host := j.strayed(w)
	if w.brief || host == "" || !slices.ContainsFunc(silent, func(f *fault.Error) bool { return f.Target == host }) {
		return nil
	}
	return &fault.Error{
		Class: fault.Lost, Tried: "see what became of " + w.what, Target: host,
		Text: "an earlier run was to begin it on " + host + ", which does not answer: it may still run there, so no second is begun",
		Do:   "bring " + host + " back and run the step again: it finds the job, or what the job has done; if the host is switched off for certain, take it out of the site file first",
	}
}
