package windows

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// standing is a job under way.
type standing struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Since string `json:"since"`
	By    string `json:"by"`
}

// jobFind tells of the jobs under way that run a cmdlet with the parameters
// given, whoever started them.
func jobFind(_ context.Context, h *Host, c call) (any, error) {
	wanted, err := decode[struct {
		Cmdlet     string            `json:"cmdlet"`
		Parameters map[string]string `json:"parameters"`
	}](c.request)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	jobs := []standing{}
	for _, j := range h.jobs {
		if j.under() && j.runs(wanted.Cmdlet, wanted.Parameters) {
			jobs = append(jobs, standing{j.ID, j.state, stamp(j.made), j.By})
		}
	}
	slices.SortFunc(jobs, func(a, b standing) int { return cmp.Compare(a.ID, b.ID) })
	return struct {
		Jobs []standing `json:"jobs"`
	}{jobs}, nil
}

// runs reports whether the job runs a cmdlet with the parameters given. One that
// it was not given is empty.
func (j *job) runs(cmdlet string, parameters map[string]string) bool {
	var r cmdletRequest
	if j.Kind != "cmdlet" || json.Unmarshal(j.Request, &r) != nil || !strings.EqualFold(r.Cmdlet, cmdlet) {
		return false
	}
	for name, want := range parameters {
		have := ""
		if v, given := r.Parameters[name]; given {
			have = fmt.Sprint(v)
		}
		if !strings.EqualFold(have, want) {
			return false
		}
	}
	return true
}
