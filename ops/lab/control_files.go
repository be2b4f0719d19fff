package lab

import (
	"fmt"
	"strconv"
	"time"

	"pchatops/ops/lab/world"
)

func (l *Lab) ctlShare(v map[string]string) (any, error) {
	if s := v["rate"]; s != "" {
		rate, err := strconv.ParseInt(s, 10, 64)
		if err != nil || rate < 0 {
			return nil, fmt.Errorf("rate=%q: bytes a second, 0 for any", s)
		}
		l.world.SetShareRate(rate)
		return nil, nil
	}
	if s := v["delay"]; s != "" {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			return nil, fmt.Errorf("delay=%q: a duration, such as 45s", s)
		}
		l.world.SetShareDelay(d)
		return nil, nil
	}
	state := v["state"]
	if state != "online" && state != "offline" && state != "denied" {
		return nil, fmt.Errorf("state=%q: online, offline or denied", state)
	}
	l.world.SetShareOffline(state == "offline")
	l.world.SetShareDenied(state == "denied")
	return nil, nil
}

// ctlAccess limits one service of one server, so that the share can be reached
// from one side only.
func (l *Lab) ctlAccess(v map[string]string) (any, error) {
	folder, err := folderOf(v)
	if err != nil {
		return nil, err
	}
	if l.world.Instance(v["instance"]) == nil && l.node(v["instance"]) == nil {
		return nil, fmt.Errorf("instance=%q: an instance, or a host for service=shell", v["instance"])
	}
	return nil, l.world.SetAccess(v["instance"], world.Service(v["service"]), folder, world.Access(v["state"]))
}

func (l *Lab) ctlAccount(v map[string]string) (any, error) {
	service := world.Service(v["service"])
	if service != world.Engine && service != world.Agent {
		return nil, fmt.Errorf("service=%q: engine or agent", service)
	}
	return nil, l.world.SetAccount(v["instance"], service, v["name"])
}

func (l *Lab) ctlVolume(v map[string]string) (any, error) {
	free, err := strconv.ParseInt(v["free"], 10, 32)
	if err != nil || free < 0 {
		return nil, fmt.Errorf("free=%q: megabytes", v["free"])
	}
	return nil, l.world.SetVolume(v["instance"], v["folder"], free<<20)
}

func folderOf(v map[string]string) (string, error) {
	folder, ok := map[string]string{"share": world.Share, "copy": world.Folder}[v["folder"]]
	if !ok {
		return "", fmt.Errorf("folder=%q: share or copy", v["folder"])
	}
	return folder, nil
}
