package windows

import (
	"context"
	"time"
)

// longestPatience bounds one attempt to connect.
const longestPatience = 20 * time.Second

// tryConnect is one attempt to connect to a server, made from this host.
func tryConnect(ctx context.Context, h *Host, c call) (any, error) {
	r, err := decode[struct {
		Host    string `json:"host"`
		Port    int    `json:"port"`
		Timeout int    `json:"timeout"`
	}](c.request)
	if err == nil {
		err = lacks(c, "win32", "host", "port", "timeout")
	}
	if err != nil {
		return nil, err
	}
	patience := time.Duration(r.Timeout) * time.Millisecond
	if r.Host == "" || r.Port < 1 || r.Port > 65535 || patience <= 0 || patience > longestPatience {
		return nil, refused("host, port and timeout are wanted: the last in milliseconds, at most %d.", longestPatience.Milliseconds())
	}
	code, err := h.Estate.Connect(ctx, h.DataCentre, r.Host, patience)
	if err != nil {
		return nil, err
	}
	return struct {
		Computer  string `json:"computer"`
		Connected bool   `json:"connected"`
		Code      int    `json:"code"`
	}{h.Name, code == 0, code}, nil
}
