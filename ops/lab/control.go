package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"pchatops/ops/lab/world"
)

// command is one thing that the control port takes. Its values are text, as a
// person would type them.
type command struct {
	help string
	do   func(l *Lab, v map[string]string) (any, error)
}

// commands are what `lab ctl` can do.
var commands = map[string]command{
	"clock":     {"advance=15m | speed=60: move the clock on, or make it run faster; alone it tells the time", (*Lab).ctlClock},
	"power":     {`target=dc1|SQL01\RTC|FE11|… on=true|false [how=refused|silent|deaf|drawn]: switch a data centre, a SQL Server's machine or a management host off or on; how it then looks to who connects: refused, SYN swallowed, accepted and never answered, or one of the first two by the seed`, (*Lab).ctlPower},
	"network":   {`node=SQL11\RTC|SQL11|FE11|… state=up|down|silent|hang|cut|half-open (the server does not notice a cut) or delay=40ms (one way)`, (*Lab).ctlNetwork},
	"partition": {"target=dc1 from=console|others|all on=true|false: cut a data centre off from the console, from the other data centres, or from both", (*Lab).ctlPartition},
	"service":   {`instance=SQL11\RTC on=true|false: stop or start SQL Server on a machine that stays on`, (*Lab).ctlService},
	"readers": {
		`instance=SQL11\RTC clients=3 every=200ms [program=Report] [database=mgc]: clients that keep a session on a database and come back every so often, whatever ended it`,
		(*Lab).ctlReaders,
	},
	"server":  {`instance=SQL11\RTC|all [language=German|Japanese|us_english] [edition=Standard|Enterprise]: the language that its messages come in, and its edition`, (*Lab).ctlServer},
	"login":   {`instance=SQL11\RTC name=sa [password=…] [enabled=true|false] [sysadmin=true|false]: what an administrator does to a login`, (*Lab).ctlLogin},
	"skew":    {`target=SQL01|FE11|… by=2h (or -2h, or 0s): put the clock of a machine wrong, or right again`, (*Lab).ctlSkew},
	"agent":   {"instance=SQL11\\RTC on=true|false: stop or start SQL Server Agent", (*Lab).ctlAgent},
	"job":     {`instance=SQL01\RTC name=LSBackup_mgc do=orphan|lend: delete the account that owns a job, or let it belong to one that has its rights from a group`, (*Lab).ctlJob},
	"share":   {"state=online|offline|denied, or rate=65536 (bytes a second that copying reaches; 0: any), or delay=45s (that opening a folder there takes on a Windows host): the backup share", (*Lab).ctlShare},
	"domain":  {`name=svc-chat [password=…] [state=ok|locked|expired|password-expired|must-change|disabled] [lockout=3] (wrong logons that lock it; 0: none): an account of the domain, made where there is none; it tells how the account stands`, (*Lab).ctlDomain},
	"host":    {`target=FE11|SQL11 [language=en|de|ja] [mode=full|constrained] [second-hop=open|closed] [output=plain|autorun|flood|behind|cut|doubled|utf-16|oem]: what is odd about a Windows host: its language, PowerShell's language mode, whether a shell's own logon reaches the next server, and how output of a command arrives`, (*Lab).ctlHost},
	"monitor": {`instance=SQL11\RTC link=refused|missing|denied|up: what a server reaches its monitor server of log shipping by, while a procedure runs: the caller arrives there as an anonymous logon, the linked server is gone, or the provider refuses`, (*Lab).ctlMonitor},
	"trait": {
		`instance=SQL11\RTC [zeroing=10m] [patched=false] [others=1000000] [services=ru|zh|ja] [domain=away|there] [paths=hang|answer]: what a server is like: how long a RESTORE creates files there and locks the catalogue, whether it has KB2725950, how many rows of other databases its msdb has (set it first), in which language its services are named, whether the domain knows accounts for it, whether T-SQL that looks at a path comes back; alone it tells how many of those rows were read`,
		(*Lab).ctlTrait,
	},
	"access": {
		`instance=SQL01\RTC service=engine|agent|shell folder=share|copy state=allowed|read-only|denied|unreachable|no-logon: what one server's account, or what runs in a shell of the host, may do there`,
		(*Lab).ctlAccess,
	},
	"account": {`instance=SQL01\RTC service=engine|agent name=LITWARE\svc-agent|LocalSystem: the account that a service runs as`, (*Lab).ctlAccount},
	"jobs": {
		"host=FE11 state=none|register|launch|batch-right|blocked|query|damaged|reboot: what is wrong with its detached jobs: the task cannot be registered, cannot be launched, its account may not log on as a batch job, endpoint protection ends the program before it begins, the Task Scheduler tells nothing, a power loss damages the result, the host reboots when the next job begins",
		(*Lab).ctlJobs,
	},
	"chat": {"server=chat11 service=stopped|running: the Persistent Chat service of a chat server", (*Lab).ctlChat},
	"pool": {
		"identity=service|global|any: which identity sets the active servers; row=own|global: whether the pool has a state row of its own; mirror-state=used|primary: which pair Get-CsDatabaseMirrorState tells of after a failover",
		(*Lab).ctlPool,
	},
	"central": {
		"at=dc1|dc2 [backup=true|false]: where the Central Management Store is, and whether the other data centre has a backup of it; state=up|down|cut-off|read-only",
		(*Lab).ctlCentral,
	},
	"disk":   {"volume=share|SQL11 full=true|false", (*Lab).ctlDisk},
	"volume": {`instance=SQL11\RTC folder=E:\SQLData free=100: mount a disk there with so many MB free`, (*Lab).ctlVolume},
	"slow":   {"factor=10: make BACKUP and RESTORE slower", (*Lab).ctlSlow},
	"file":   {fileHelp, (*Lab).ctlFile},
	"topology": {
		"define=SQL02 mirror=SQL02 backup=SQL11 backup-mirror=SQL12 publish=true [replicate=false]: Topology Builder; an empty store switches it off",
		(*Lab).ctlTopology,
	},
	"ledger": {"what became of the chat messages", func(l *Lab, _ map[string]string) (any, error) { return l.world.Ledger(), nil }},
}

// serveControl opens the control port.
func (l *Lab) serveControl(ctx context.Context) error {
	ln, err := l.listener(loopback)
	if err != nil {
		return fmt.Errorf("open the control port: %w", err)
	}
	d := newDoor(ln.Addr())
	if err := writeSecret(l.Path(tokenName), []byte(d.token)); err != nil {
		return errors.Join(err, ln.Close())
	}
	server := &http.Server{Handler: d.guard(l.control), ReadHeaderTimeout: 10 * time.Second}
	l.running.Go(func() { _ = server.Serve(ln) }) // ends with Close
	l.running.Go(func() {
		<-ctx.Done()
		_ = server.Close()
	})
	l.description.Type = "lab"
	l.description.Config = l.Path(siteName)
	l.description.Share = l.world.SharePath()
	l.description.Control = d.url()
	return nil
}

// control answers GET / with what there is, and POST /WHAT with what came of it.
func (l *Lab) control(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet && r.URL.Path == "/" {
		help := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(commands)) {
			help[name] = commands[name].help
		}
		answer(w, help)
		return
	}
	c, ok := commands[strings.TrimPrefix(r.URL.Path, "/")]
	if !ok || r.Method != http.MethodPost {
		http.Error(w, "GET / lists what there is; POST /WHAT with a JSON object of text does it", http.StatusNotFound)
		return
	}
	values := map[string]string{}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&values); err != nil {
		http.Error(w, "the body is a JSON object of text: "+err.Error(), http.StatusBadRequest)
		return
	}
	out, err := c.do(l, values)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer(w, out)
}

func answer(w http.ResponseWriter, v any) {
	if v == nil {
		v = map[string]string{"result": "done"}
	}
	_ = json.NewEncoder(w).Encode(v) // a client that has gone needs no answer
}

func (l *Lab) ctlClock(v map[string]string) (any, error) {
	if s := v["advance"]; s != "" {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 || d > 30*24*time.Hour {
			return nil, fmt.Errorf("advance=%q: a duration of at most 30 days, such as 15m", s)
		}
		l.world.Elapse(d)
	}
	if s := v["speed"]; s != "" {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || f < 0 {
			return nil, fmt.Errorf("speed=%q: a number, such as 60", s)
		}
		l.world.Clock.SetSpeed(f)
	}
	return map[string]any{"now": l.world.Now().Format(time.RFC3339), "speed": l.world.Clock.Speed()}, nil
}

func (l *Lab) ctlNetwork(v map[string]string) (any, error) {
	link := l.Link(v["node"])
	if link == nil {
		return nil, fmt.Errorf("no node %q", v["node"])
	}
	if s := v["delay"]; s != "" {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 || d > time.Minute {
			return nil, fmt.Errorf("delay=%q: a duration of at most a minute, such as 40ms", s)
		}
		link.SetDelay(d)
		return nil, nil
	}
	out, known, err := network(link, v["state"])
	if !known {
		return nil, fmt.Errorf("state=%q: up, down, silent, hang, cut or half-open", v["state"])
	}
	return out, err
}

func (l *Lab) ctlAgent(v map[string]string) (any, error) {
	on, err := flag(v, "on")
	if err != nil {
		return nil, err
	}
	if l.world.Instance(v["instance"]) == nil {
		return nil, fmt.Errorf("no instance %q", v["instance"])
	}
	if on {
		l.world.StartAgent(v["instance"])
	} else {
		l.world.StopAgent(v["instance"])
	}
	return nil, nil
}

func (l *Lab) ctlJob(v map[string]string) (any, error) {
	switch v["do"] {
	case "orphan":
		return nil, l.world.OrphanJob(v["instance"], v["name"])
	case "lend":
		return nil, l.world.LendJob(v["instance"], v["name"])
	}
	return nil, fmt.Errorf("do=%q: orphan or lend", v["do"])
}

func (l *Lab) ctlMonitor(v map[string]string) (any, error) {
	return nil, l.world.SetMonitorLink(v["instance"], world.Link(v["link"]))
}

func (l *Lab) ctlDisk(v map[string]string) (any, error) {
	full, err := flag(v, "full")
	if err != nil {
		return nil, err
	}
	l.world.SetDiskFull(v["volume"], full)
	return nil, nil
}

func (l *Lab) ctlSlow(v map[string]string) (any, error) {
	f, err := strconv.ParseFloat(v["factor"], 64)
	if err != nil || f <= 0 {
		return nil, fmt.Errorf("factor=%q: a number above 0", v["factor"])
	}
	l.world.SetSlow(f)
	return nil, nil
}

func flag(v map[string]string, key string) (bool, error) {
	b, err := strconv.ParseBool(v[key])
	if err != nil {
		return false, fmt.Errorf("%s=%q: true or false", key, v[key])
	}
	return b, nil
}
