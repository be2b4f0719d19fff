package windows

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// mayChange are the cmdlets that a job may run.
var mayChange = []string{
	"Set-CsPersistentChatState", "Set-CsPersistentChatActiveServer",
	"Install-CsMirrorDatabase", "Uninstall-CsMirrorDatabase", "Invoke-CsDatabaseFailover", "Invoke-CsManagementServerFailover",
}

// cmdletRequest is the request of a cmdlet job.
type cmdletRequest struct {
	Module     string         `json:"module"`
	Cmdlet     string         `json:"cmdlet"`
	Parameters map[string]any `json:"parameters"`
}

// cmdletResult is how a cmdlet job ended.
type cmdletResult struct {
	OK    bool     `json:"ok"`
	Error *failure `json:"error,omitempty"`
}

// cmdletJob prepares a job of kind cmdlet.
func (h *Host) cmdletJob(raw json.RawMessage) (work, error) {
	r, err := decode[cmdletRequest](raw)
	if err != nil {
		return nil, refused("%v", err)
	}
	if !slices.ContainsFunc(mayChange, func(c string) bool { return strings.EqualFold(c, r.Cmdlet) }) {
		return nil, refused("%.100q is no cmdlet that a job may run.", r.Cmdlet)
	}
	return func(ctx context.Context, log func(string), _ func(any)) (any, bool) {
		said := []string{}
		err := h.runCmdlet(ctx, r, func(line string) {
			log(line)
			said = append(said, line)
		})
		result := cmdletResult{OK: err == nil}
		if !result.OK {
			if result.Error = foreseen(err, ""); result.Error == nil {
				result.Error = &failure{Kind: "cmdlet", Message: err.Error()}
			}
			said = append(said, "ERROR: "+result.Error.Message)
			log(said[len(said)-1])
		}
		if r.Parameters["Report"] != nil { // what the cmdlet has written there
			for _, line := range said {
				log("REPORT: " + line)
			}
		}
		return result, result.OK
	}, nil
}

func (h *Host) runCmdlet(ctx context.Context, r cmdletRequest, log func(string)) error {
	if err := h.loadModule(ctx, r.Module); err != nil {
		return err
	}
	c := h.cmdlet(r.Cmdlet)
	if c == nil {
		f := unknownCommand(r.Cmdlet)
		return &CmdletError{Message: f.message, ID: f.id, Category: "ObjectNotFound"}
	}
	a, err := c.bindNamed(r.Parameters)
	if err != nil {
		return err
	}
	a["confirm"] = false
	_, err = c.invoke(ctx, h, a, log)
	return err
}
