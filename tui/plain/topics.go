package plain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pchatops/ops/incident"
	"pchatops/tui/part/clean"
)

// topics are all things of the newest state that can change, the most urgent
// first.
func (c *console) topics() []topic {
	s := c.state
	out := []topic{
		{key: "driver", mark: s.Driver, text: s.Driver + " drives."},
		{key: "observer", mark: role(s), text: role(s)},
		c.oldTopic(),
		c.waiting(),
		{key: "ended", mark: s.Ended.String(), text: "The incident has ended."},
	}
	out = oneLine(out)
	for i := range s.Steps {
		out = append(out, c.stepTopics(&s.Steps[i])...)
	}
	return append(append(out, oneLine(c.nodeTopics())...), oneLine(c.findingTopics())...)
}

// oneLine keeps what others say from looking like a line of the console's own.
func oneLine(list []topic) []topic {
	for i := range list {
		list[i].text = clean.Line(list[i].text)
	}
	return list
}

// waiting is what has been waited for for long.
func (c *console) waiting() topic {
	t := topic{key: "waiting", gap: calm}
	if w := c.state.Waiting; w != nil {
		t.mark, t.text = w.For, "W"+stop(w.Says())[1:]
	}
	return t
}

// role says what this console may do.
func role(s *incident.State) string {
	if s.ReadOnly != "" {
		return "This console only observes: " + stop(s.ReadOnly)
	}
	if s.Retaking != nil {
		return "This console drives, but " + stop(s.Retaking.Says())
	}
	return "This console drives."
}

func stepKey(id string) string { return "step " + id }

func (c *console) stepTopics(s *incident.StepState) []topic {
	text := outcome(s)
	if s.Running {
		text = clean.Line(stepName(s)) + " is running."
	}
	err := ""
	if s.Err != nil {
		err = s.Err.Error()
	}
	mark := fmt.Sprint(s.Running, s.Already, s.Outcome, s.Reason, err)
	out := []topic{{key: stepKey(s.ID), mark: mark, text: text}}
	if s.Running {
		out = append(out, oneLine([]topic{c.progress(s)})...)
	}
	return out
}

// progress is a step's way in tenths of the whole; where that is not known, a
// sign of life a minute.
func (c *console) progress(s *incident.StepState) topic {
	t := topic{key: "progress " + s.ID, gap: pace}
	if part := fraction(s); part >= 0 {
		tenth := int(part / 10)
		t.mark = fmt.Sprintf("%d of ten", tenth)
		if tenth > 0 {
			t.text = s.ID + ": " + stop(far(s))
		}
		return t
	}
	minutes := c.since(s.Started) / time.Minute
	t.mark = fmt.Sprintf("%d minutes", minutes)
	if minutes > 0 {
		t.text = fmt.Sprintf("%s: running for %d min.", s.ID, minutes)
		if n := len(s.Output); n > 0 {
			t.text += " " + stop(s.Output[n-1])
		}
	}
	return t
}

// nodeTopics leaves out what a running step does to the nodes that it touches.
func (c *console) nodeTopics() []topic {
	snap := c.state.Snapshot
	if snap == nil {
		return nil
	}
	var out []topic
	for i := range snap.Nodes {
		n := &snap.Nodes[i]
		if c.state.Busy[n.Address] != "" && n.Reachable {
			continue
		}
		state := c.nodeState(n)
		out = append(out, topic{key: "node " + string(n.Role), mark: state, text: nodeName(n) + ": " + stop(state), gap: calm})
	}
	if c.state.Busy[snap.Pool.FQDN] == "" {
		state := c.poolState(snap.Pool)
		out = append(out, topic{key: "pool", mark: state, text: "pool " + snap.Pool.FQDN + ": " + stop(state), gap: calm})
	}
	return out
}

// findingKey begins the keys of topics that are findings.
const findingKey = "finding "

// findingTopics are the findings there are, and those told of that are gone.
// While a step runs, the incident keeps back what the step itself causes: what
// is missing then need not be gone.
func (c *console) findingTopics() []topic {
	var out []topic
	here := map[string]bool{}
	for _, f := range c.state.Findings {
		key := findingKey + findingName(f)
		if here[key] {
			continue
		}
		here[key] = true
		out = append(out, topic{key: key, mark: "here", gap: calm, text: "New " + stop(findingName(f)) + " To do: " + stop(f.Do)})
	}
	if c.state.Running != "" {
		return out
	}
	var gone []topic
	for key := range c.news {
		if name, is := strings.CutPrefix(key, findingKey); is && !here[key] {
			gone = append(gone, topic{key: key, mark: "gone", gap: calm, text: "No longer: " + stop(name), gone: true})
		}
	}
	slices.SortFunc(gone, func(a, b topic) int { return strings.Compare(a.key, b.key) })
	return append(out, gone...)
}
