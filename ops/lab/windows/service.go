package windows

import "context"

// chatService is the Windows service of a Persistent Chat server.
const chatService = "RTCCHAT"

// chatHosts is an estate that knows the services of its chat servers.
type chatHosts interface {
	// ChatService says whether a machine has the service, and whether it runs.
	ChatService(machine string) (exists, runs bool)
}

func serviceState(_ context.Context, h *Host, c call) (any, error) {
	r, err := decode[struct {
		Name string `json:"name"`
	}](c.request)
	if err == nil {
		err = lacks(c, "win32", "name")
	}
	if err != nil {
		return nil, err
	}
	answer := struct {
		State string `json:"state"`
	}{}
	if e, ok := h.Estate.(chatHosts); ok && r.Name == chatService {
		switch exists, runs := e.ChatService(h.Name); {
		case runs:
			answer.State = "Running"
		case exists:
			answer.State = "Stopped"
		}
	}
	return answer, nil
}
