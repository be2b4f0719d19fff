package mgmt

import (
	"slices"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
)

// astray is the fact that names the host where some work was to be begun and whose
// end nobody has seen; "" once somebody has.
func (w work) astray() string { return "may still run: " + w.same }

// sends notes that work is about to be begun on a host.
func (w work) sends(h *Host, r engine.Reporter) {
	if w.same != "" && !w.brief {
		r.Observe(w.astray(), h.Name())
	}
}

// ended notes that the work's end was seen, or what it does, or that it was never
// begun.
func (w work) ended(r engine.Reporter) {
	if w.same != "" && !w.brief {
		r.Observe(w.astray(), "")
	}
}

// Recalls gives the shell the facts that earlier actions of the incident observed.
// It is called before anything is sent.
func (s *Shell) Recalls(recall func(name string) string) { s.jobs.recall = recall }

// elsewhere refuses to begin work while the host on which an earlier run of the
// incident was to begin it does not answer: it may still run there. What takes
// seconds does no harm a second time.
func (j *jobs) elsewhere(w work, silent []*fault.Error) error {
	if w.brief || j.recall == nil {
		return nil
	}
	host := j.recall(w.astray())
	if host == "" || !slices.ContainsFunc(silent, func(f *fault.Error) bool { return f.Target == host }) {
		return nil
	}
	return &fault.Error{
		Class: fault.Lost, Tried: "begin " + w.what + " on another host", Target: host,
		Text: "an earlier run was to begin it on " + host + ", which does not answer: it may still run there, so no second is begun",
		Do:   "bring " + host + " back and run the step again: it finds the job, or what the job has done; if the host is switched off for certain, take it out of the site file first",
	}
}
