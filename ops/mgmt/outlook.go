package mgmt

import (
	"context"
	"strconv"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// Outlook is the second place from which a server is looked at: the hosts in
// the secondary's data centre.
type Outlook struct{ hosts *Hosts }

// NewOutlook makes it from the site file. Nothing is contacted.
func NewOutlook(s *site.Site, o Options) *Outlook {
	hosts := &Hosts{role: site.Secondary}
	for _, h := range s.SecondPlace() {
		hosts.all = append(hosts.all, NewHost(h, o.withDefaults()))
	}
	return &Outlook{hosts}
}

// Close ends the connections.
func (o *Outlook) Close() { o.hosts.Close() }

// connectAnswer is the answer of try-connect.
type connectAnswer struct {
	Connected bool `json:"connected"`
	Code      int  `json:"code"`
}

// Look tries to connect to an instance from one of the hosts, for at most
// patience. An error means that none of them could be asked.
func (o *Outlook) Look(ctx context.Context, in site.Instance, port int, patience time.Duration) (place string, reach fault.Reach, err error) {
	request := struct {
		Host    string `json:"host"`
		Port    int    `json:"port"`
		Timeout int64  `json:"timeout"`
	}{in.FQDN, port, max(patience.Milliseconds(), 1)}
	var answer connectAnswer
	h, err := o.hosts.first(ctx, func(ctx context.Context, h *Host) error {
		return h.Call(ctx, TryConnect, request, "", &answer)
	})
	if err != nil {
		return "", "", err
	}
	if answer.Connected {
		return h.Name(), fault.Opened, nil
	}
	reach = fault.WinsockReach(answer.Code)
	if reach == "" {
		return "", "", &fault.Error{
			Class: fault.Other, Tried: TryConnect.Does, Target: h.Name(), Text: "socket error " + strconv.Itoa(answer.Code),
			Do: "look at the network of " + h.Name(),
		}
	}
	return h.Name(), reach, nil
}
