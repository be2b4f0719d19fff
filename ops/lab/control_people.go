package lab

import (
	"fmt"
	"strconv"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// ctlReaders lets clients sit on a database, as reports do that read a
// secondary in STANDBY.
func (l *Lab) ctlReaders(v map[string]string) (any, error) {
	n, err := strconv.Atoi(v["clients"])
	if err != nil {
		return nil, fmt.Errorf("clients=%q: a number", v["clients"])
	}
	every, err := time.ParseDuration(or(v["every"], "2s"))
	if err != nil {
		return nil, fmt.Errorf("every=%q: a duration, such as 200ms", v["every"])
	}
	return nil, l.world.Visit(v["instance"], or(v["database"], world.Database), or(v["program"], "Report Server"), n, every)
}

// ctlLogin changes a login as an administrator of the server does.
func (l *Lab) ctlLogin(v map[string]string) (any, error) {
	c := tsql.LoginChange{Login: v["name"]}
	if password, given := v["password"]; given {
		c.Password = &password
	}
	if v["enabled"] != "" {
		on, err := flag(v, "enabled")
		if err != nil {
			return nil, err
		}
		c.Enable = &on
	}
	var member *bool
	if v["sysadmin"] != "" {
		on, err := flag(v, "sysadmin")
		if err != nil {
			return nil, err
		}
		member = &on
	}
	return nil, l.world.ChangeLogin(v["instance"], c, member)
}

// ctlServer has a server speak another language, or be of another edition.
func (l *Lab) ctlServer(v map[string]string) (any, error) {
	if s := v["language"]; s != "" {
		if err := l.world.SetLanguage(v["instance"], s); err != nil {
			return nil, err
		}
	}
	if s := v["edition"]; s != "" {
		return nil, l.world.SetEdition(v["instance"], s)
	}
	return nil, nil
}

// ctlSkew puts the clock of a machine wrong.
func (l *Lab) ctlSkew(v map[string]string) (any, error) {
	by, err := time.ParseDuration(v["by"])
	if err != nil {
		return nil, fmt.Errorf("by=%q: a duration, such as 2h or -15m", v["by"])
	}
	if l.world.Instance(v["target"]) == nil && l.node(v["target"]) == nil {
		return nil, fmt.Errorf("no machine %q", v["target"])
	}
	return nil, l.world.SetSkew(v["target"], by)
}

// ctlChat stops the Persistent Chat service of a server, or starts it again.
func (l *Lab) ctlChat(v map[string]string) (any, error) {
	stopped := v["service"] == "stopped"
	if !stopped && v["service"] != "running" {
		return nil, fmt.Errorf("service=%q: stopped or running", v["service"])
	}
	return nil, l.world.SetChatStopped(v["server"], stopped)
}

// ctlPool decides what the documents leave open about the pool's cmdlets.
func (l *Lab) ctlPool(v map[string]string) (any, error) {
	for key, set := range map[string]func(string) error{
		"identity": l.world.TakeIdentity, "row": l.world.SetStateRow, "mirror-state": l.world.ReportPair,
	} {
		if v[key] == "" {
			continue
		}
		if err := set(v[key]); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// ctlCentral puts the Central Management Store somewhere, or gives it a state.
func (l *Lab) ctlCentral(v map[string]string) (any, error) {
	if v["at"] != "" {
		backup := true
		if v["backup"] != "" {
			var err error
			if backup, err = flag(v, "backup"); err != nil {
				return nil, err
			}
		}
		if err := l.world.SetCentral(v["at"], backup); err != nil {
			return nil, err
		}
	}
	if v["state"] != "" {
		return nil, l.world.SetCentralState(v["state"])
	}
	return nil, nil
}
