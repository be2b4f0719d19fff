package mgmt

import (
	"context"
	"strings"

	"pchatops/ops/status"
)

// chatService is the Windows service of a Persistent Chat server.
const chatService = "RTCCHAT"

// ChatService says what the chat service says of itself on the host that is a
// server: "stopped"; "" where none of these hosts is it.
func (h *Hosts) ChatService(ctx context.Context, fqdn string) (string, error) {
	for _, host := range h.All() {
		if !status.SameMachine(host.site.Name, fqdn) && !status.SameMachine(host.site.Host, fqdn) {
			continue
		}
		var answer struct {
			State string `json:"state"`
		}
		err := host.Call(ctx, ServiceState, struct {
			Name string `json:"name"`
		}{chatService}, "", &answer)
		switch {
		case err != nil:
			return "", err
		case answer.State == "":
			return "not installed there under the name " + chatService, nil
		case !plain(answer.State):
			return "", strange(host, ServiceState, answer.State)
		}
		return strings.ToLower(answer.State), nil
	}
	return "", nil
}
