package windows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// probed is an estate that knows what jobs may do beyond reading.
type probed interface {
	// MayWrite is why a file cannot be written to a folder; nil: it can.
	MayWrite(host, path string) error
	// LogIn logs an account in to an instance, named as clients name it: number is
	// SQL Server's, and 0 where it took the login.
	LogIn(account, server string) (sysadmin bool, number int, text string)
}

// probeRequest is the request of a probe job.
type probeRequest struct {
	Module  string `json:"module"`
	Pool    string `json:"pool"`
	Folders []struct {
		Code string `json:"code"`
		Path string `json:"path"`
	} `json:"folders"`
	SQL     []string `json:"sql"`
	Cmdlets []struct {
		Name       string   `json:"name"`
		Parameters []string `json:"parameters"`
	} `json:"cmdlets"`
	WhatIf []struct {
		Cmdlet     string         `json:"cmdlet"`
		Parameters map[string]any `json:"parameters"`
	} `json:"whatIf"`
}

type probedGroup struct {
	SID  string `json:"sid"`
	Name string `json:"name"`
}

type probedModule struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Error   *failure `json:"error"`
}

type probedFolder struct {
	Code    string   `json:"code"`
	Path    string   `json:"path"`
	Listed  bool     `json:"listed"`
	Written bool     `json:"written"`
	Left    string   `json:"left"`
	Error   *failure `json:"error"`
}

type probedLogin struct {
	Server   string   `json:"server"`
	Login    string   `json:"login"`
	Sysadmin bool     `json:"sysadmin"`
	Error    *failure `json:"error"`
}

type probedCmdlet struct {
	Name   string   `json:"name"`
	Found  bool     `json:"found"`
	Lacks  []string `json:"lacks"`
	Fits   bool     `json:"fits"`
	Sets   []string `json:"sets"`
	WhatIf bool     `json:"whatIf"`
	Error  *failure `json:"error"`
}

type probedStore struct {
	At    string   `json:"at"`
	Error *failure `json:"error"`
}

type probedRun struct {
	Cmdlet string   `json:"cmdlet"`
	Lines  []string `json:"lines"`
	Error  *failure `json:"error"`
}

// probeResult is what a probe job tells, in the end or on its way.
type probeResult struct {
	OK      bool           `json:"ok"`
	Account string         `json:"account"`
	Groups  []probedGroup  `json:"groups"`
	Module  *probedModule  `json:"module"`
	Cmdlets []probedCmdlet `json:"cmdlets"`
	Folders []probedFolder `json:"folders"`
	SQL     []probedLogin  `json:"sql"`
	Store   *probedStore   `json:"store"`
	WhatIf  []probedRun    `json:"whatIf,omitempty"`
	Host    []string       `json:"host,omitempty"`
}

// probe is a probe job at work.
type probe struct {
	host    *Host
	id      string
	request probeRequest
	found   probeResult
}

// probeJob prepares a job of kind probe.
func (h *Host) probeJob(id, account string, raw json.RawMessage) (work, error) {
	r, err := decode[probeRequest](raw)
	if err != nil {
		return nil, refused("%v", err)
	}
	return func(ctx context.Context, log func(string), status func(any)) (any, bool) {
		p := &probe{host: h, id: id, request: r, found: probeResult{
			OK: true, Account: h.account(account), Groups: h.groups(), Cmdlets: []probedCmdlet{}, Folders: []probedFolder{}, SQL: []probedLogin{},
		}}
		for _, part := range []func(context.Context, func(string)){p.folders, p.logins, p.shell} {
			status(p.found)
			part(ctx, log)
		}
		return p.found, ctx.Err() == nil
	}, nil
}

// groups are those of the logon of a job.
func (h *Host) groups() []probedGroup {
	all := []probedGroup{
		{"S-1-1-0", "Everyone"},
		{"S-1-5-3", `NT AUTHORITY\BATCH`},
		{"S-1-5-32-544", `BUILTIN\Administrators`},
		{"S-1-5-21-1004-1105", h.Domain + `\RTCUniversalServerAdmins`},
	}
	return slices.DeleteFunc(all, func(g probedGroup) bool {
		return h.wrong().groups != "" && strings.EqualFold(g.Name[strings.LastIndex(g.Name, `\`)+1:], h.wrong().groups)
	})
}

// folders writes a file to each folder and deletes it.
func (p *probe) folders(ctx context.Context, _ func(string)) {
	for _, f := range p.request.Folders {
		if p.host.wrong().stuck == f.Code {
			<-ctx.Done()
			return
		}
		p.found.Folders = append(p.found.Folders, p.folder(f.Code, f.Path))
	}
}

func (p *probe) folder(code, path string) probedFolder {
	one := probedFolder{Code: code, Path: path}
	fail := func(err error) probedFolder {
		one.Error = failureOf(err, path)
		return one
	}
	if _, err := p.host.readFolder(path); err != nil {
		return fail(err)
	}
	one.Listed = true
	if e, ok := p.host.Estate.(probed); ok {
		if err := e.MayWrite(p.host.Name, path); err != nil {
			return fail(err)
		}
	}
	file, err := p.host.Estate.Resolve(p.host.Name, join(path, "pchatops-probe-"+p.id+".tmp"))
	if err != nil {
		return fail(err)
	}
	if err := os.WriteFile(file, make([]byte, 1<<16), 0o600); err != nil {
		return fail(err)
	}
	one.Written = true
	if err := os.Remove(file); err != nil {
		one.Left = join(path, "pchatops-probe-"+p.id+".tmp")
		return fail(err)
	}
	return one
}

func (p *probe) logins(context.Context, func(string)) {
	for _, server := range p.request.SQL {
		one := probedLogin{Server: server}
		if e, ok := p.host.Estate.(probed); ok {
			var number int
			var text string
			if one.Sysadmin, number, text = e.LogIn(p.found.Account, server); number != 0 {
				one.Error = &failure{Kind: "cmdlet", Code: number, ID: "SqlException", Category: "NotSpecified", Message: text, Path: server}
			} else {
				one.Login = p.found.Account
			}
		}
		p.found.SQL = append(p.found.SQL, one)
	}
}

// shell tries module, cmdlets and store, and the cmdlets with -WhatIf.
func (p *probe) shell(ctx context.Context, log func(string)) {
	r := p.request
	if r.Module == "" {
		return
	}
	p.found.Module = &probedModule{Name: r.Module, Version: "5.0.8308.0"}
	if err := p.host.loadModule(ctx, r.Module); err != nil {
		p.found.Module = &probedModule{Name: r.Module, Error: failureOf(err, "")}
		return
	}
	for _, want := range r.Cmdlets {
		p.found.Cmdlets = append(p.found.Cmdlets, p.host.compare(want.Name, want.Parameters))
	}
	p.found.Store = &probedStore{At: ""}
	if c := p.host.cmdlet("Get-CsService"); c != nil {
		if _, err := c.invoke(ctx, p.host, arguments{"persistentchatserver": true, "poolfqdn": r.Pool}, log); err != nil {
			p.found.Store.Error = failureOf(err, "")
		}
	}
	for _, w := range r.WhatIf {
		p.found.WhatIf = append(p.found.WhatIf, p.whatIf(ctx, w.Cmdlet, w.Parameters))
	}
}

// compare compares a cmdlet with what will be sent to it.
func (h *Host) compare(name string, parameters []string) probedCmdlet {
	c := h.cmdlet(name)
	one := probedCmdlet{Name: name, Lacks: []string{}, Sets: []string{}}
	if c == nil {
		return one
	}
	one.Found, one.WhatIf = true, c.changes
	one.Sets = []string{"__AllParameterSets: " + strings.Join(c.mandatory, ", ")}
	for _, p := range parameters {
		if full, err := c.parameter(p); err != nil || !strings.EqualFold(full, p) {
			one.Lacks = append(one.Lacks, p)
		}
	}
	one.Fits = len(one.Lacks) == 0 && !slices.ContainsFunc(c.mandatory, func(m string) bool { return !slices.Contains(parameters, m) })
	return one
}

// whatIf runs a cmdlet with -WhatIf.
func (p *probe) whatIf(ctx context.Context, name string, parameters map[string]any) probedRun {
	run := probedRun{Cmdlet: name, Lines: []string{}}
	err := func() error {
		c := p.host.cmdlet(name)
		if c == nil || !c.changes || parameters["DropExistingDatabasesOnMirror"] != nil {
			return errors.New("it was not run")
		}
		a, err := c.bindNamed(parameters)
		if err != nil {
			return err
		}
		a["whatif"], a["confirm"] = true, false
		_, err = c.invoke(ctx, p.host, a, func(line string) { p.found.Host = append(p.found.Host, line) }) // on the screen only
		return err
	}()
	if err != nil {
		run.Error = foreseen(err, "")
		if run.Error == nil {
			run.Error = &failure{Kind: "cmdlet", Message: err.Error()}
		}
	}
	return run
}

// probeSweep takes away what a probe has left.
func probeSweep(_ context.Context, h *Host, c call) (any, error) {
	r, err := decode[idRequest](c.request)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	left := []string{}
	for id, j := range h.jobs {
		switch {
		case !strings.HasPrefix(id, "pchatops-probe-") || id != r.ID:
		case j.under():
			left = append(left, id)
		default:
			delete(h.jobs, id)
		}
	}
	return struct {
		Left []string `json:"left"`
	}{left}, nil
}

// Leftovers are the jobs of probes that are still on the host.
func (h *Host) Leftovers() (out []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, j := range h.jobs {
		if j.Kind == "probe" {
			out = append(out, fmt.Sprint(h.Name, " ", id))
		}
	}
	return out
}
