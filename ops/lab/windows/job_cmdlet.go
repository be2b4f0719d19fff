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
	"Install-CsMirrorDatabase", "Uninstall-CsMirrorDatabase", "Invoke-CsDatabaseFailover",
}

// cmdletRequest is the request of a cmdlet job.
type cmdletRequest struct {
	Module     string         `json:"module"`
	Cmdlet     string         `json:"cmdlet"`
	Parameters map[string]any `json:"parameters"`
}

// cmdletResult is how a cmdlet job ended.
type cmdletResult struct {
	OK     bool     `json:"ok"`
	Output []string `json:"output,omitzero"`
	Error  *failure `json:"error,omitempty"`
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
		result := cmdletResult{Output: []string{}}
		err := h.runCmdlet(ctx, r, func(line string) {
			log(line)
			result.Output = append(result.Output, line)
		})
		if result.OK = err == nil; !result.OK {
			result = cmdletResult{Error: foreseen(err, "")}
			if result.Error == nil {
				result.Error = &failure{Kind: "cmdlet", Message: err.Error()}
			}
			log(result.Error.Message)
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
