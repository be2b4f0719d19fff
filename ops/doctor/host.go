package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// Host is what was learned of one Windows host.
type Host struct {
	Site    site.Host
	Err     error  // why it did not answer
	Started error  // why the probe job was not started, or told nothing
	Late    string // why the job told not all; its parts that are nil are not known
	Probe   *Probe // what it told; nil: nothing, or no job runs there
	Asked   ProbeRequest
	Left    string // what of the probe could not be swept, and why
}

// ProbeRequest is what a probe job is asked to try.
type ProbeRequest struct {
	Module  string        `json:"module"` // "": no cmdlet runs on this host
	Pool    string        `json:"pool"`
	Folders []ProbeFolder `json:"folders"`
	SQL     []string      `json:"sql"` // as a cmdlet names them: FQDN\INSTANCE
	Cmdlets []ProbeCmdlet `json:"cmdlets"`
	WhatIf  []WhatIf      `json:"whatIf"`
}

// ProbeFolder is a folder to be tried.
type ProbeFolder struct {
	Code string `json:"code"`
	Path string `json:"path"`
}

// ProbeCmdlet is a cmdlet with the parameters that will be sent to it.
type ProbeCmdlet struct {
	Name       string   `json:"name"`
	Parameters []string `json:"parameters"`
}

// WhatIf is a cmdlet to be run with -WhatIf.
type WhatIf struct {
	Cmdlet     string         `json:"cmdlet"`
	Parameters map[string]any `json:"parameters"`
}

// Probe is what a probe job tells.
type Probe struct {
	Account string      `json:"account"`
	Groups  []Group     `json:"groups"`
	Module  *Module     `json:"module"`
	Cmdlets []Cmdlet    `json:"cmdlets"`
	Folders []Tried     `json:"folders"`
	SQL     []SQLLogin  `json:"sql"`
	Store   *Store      `json:"store"`
	WhatIf  []WhatIfRun `json:"whatIf"`
	Host    []string    `json:"host"` // what was printed past all streams
}

// Failure is why a part of a probe failed.
type Failure struct {
	Code    int32  `json:"code"`
	ID      string `json:"id"`
	Message string `json:"message"`
}

func (f *Failure) said() string {
	if f.Code != 0 {
		return fmt.Sprintf("%d %s", f.Code, clip(f.Message, 500))
	}
	return clip(f.Message, 500)
}

// Group is one of a logon's groups.
type Group struct {
	SID  string `json:"sid"`
	Name string `json:"name"`
}

// Module is the Management Shell.
type Module struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Error   *Failure `json:"error"`
}

// Cmdlet is how a cmdlet compares with what will be sent to it.
type Cmdlet struct {
	Name   string   `json:"name"`
	Found  bool     `json:"found"`
	Lacks  []string `json:"lacks"`
	Fits   bool     `json:"fits"`
	Sets   []string `json:"sets"`
	WhatIf bool     `json:"whatIf"`
	Error  *Failure `json:"error"`
}

// Tried is a folder in which a file was written and deleted.
type Tried struct {
	Code    string   `json:"code"`
	Path    string   `json:"path"`
	Listed  bool     `json:"listed"`
	Written bool     `json:"written"`
	Left    string   `json:"left"`
	Error   *Failure `json:"error"`
}

// SQLLogin is a login to SQL Server from a host.
type SQLLogin struct {
	Server   string   `json:"server"`
	Login    string   `json:"login"`
	Sysadmin bool     `json:"sysadmin"`
	Error    *Failure `json:"error"`
}

// Store is the Central Management Store as a host reads it.
type Store struct {
	At    string   `json:"at"`
	Error *Failure `json:"error"`
}

// WhatIfRun is what a cmdlet printed with -WhatIf.
type WhatIfRun struct {
	Cmdlet string   `json:"cmdlet"`
	Lines  []string `json:"lines"`
	Error  *Failure `json:"error"`
}

// The groups that matter, by their well-known numbers and names.
const (
	administrators = "S-1-5-32-544"
	batch          = "S-1-5-3"
	serverAdmins   = "RTCUniversalServerAdmins"
)

// Hosts judges all hosts of a site.
func Hosts(all []Host) (out []Check) {
	for _, h := range all {
		l := &list{node: h.Site.Name}
		h.judge(l)
		out = append(out, l.all...)
	}
	return out
}

func (h Host) judge(l *list) {
	var f *fault.Error
	switch {
	case h.Err == nil:
		l.is("winrm", true, "answers as "+h.Site.Credential.User, "")
	case errors.As(h.Err, &f) && f.Class == fault.Other:
		l.unread("winrm", said(f), f.Do)
	default:
		l.failed("winrm", h.Err)
	}
	if !h.runsJobs() {
		return
	}
	if h.Err != nil || h.Started != nil {
		h.unstarted(l)
		return
	}
	h.job(l)
	h.groups(l)
	h.folders(l)
	h.logins(l)
	if h.Asked.Module != "" {
		h.shell(l)
	}
}

// runsJobs reports whether a step of a failover runs a job there.
func (h Host) runsJobs() bool { return RunsJobs(h.Site.Role) }

// RunsJobs reports whether a step of a failover runs a job on hosts of a role: F2 on
// the secondary's own, F5, F6 and F7 on the management hosts.
func RunsJobs(r site.Role) bool { return r == site.Management || r == site.Secondary }

// accounts are the errors of Windows about the job's account, and who mends them.
var accounts = map[int32]string{
	1326: "correct user or password of run_as in the site file; the password is not sent again",
	1330: "its password has expired: set a new one, and give it in the site file's secret",
	1331: "the account is disabled: have it enabled",
	1385: "grant it Log on as a batch job on this host (secpol.msc, or the group policy that sets the right)",
	1793: "the account has expired: have its end date moved",
	1907: "the account must change its password at next logon: set a new one and clear that mark",
	1909: "the account is locked: have it unlocked, and find out who sends a wrong password",
	2:    "powershell.exe or the job's folder is not where it belongs",
}

// unstarted: what no job told is not known. A refused account is known.
func (h Host) unstarted(l *list) {
	var f *fault.Error
	switch {
	case h.Err != nil:
		l.unread("job", "the host does not answer", "see winrm")
	case errors.As(h.Started, &f) && f.Number != 0:
		l.is("job", false, h.account()+": "+said(f), cmp.Or(accounts[f.Number], f.Do))
	default:
		text, do := why(h.Started)
		l.unread("job", text, do)
	}
	for _, code := range h.expected() {
		l.unread(code, "no probe job has told", "see job")
	}
	h.left(l)
}

func (h Host) account() string {
	if h.Site.RunAs.User != "" {
		return h.Site.RunAs.User
	}
	return h.Site.Credential.User
}

// expected are the codes of what a job would have told.
func (h Host) expected() []string {
	codes := []string{"groups"}
	for _, f := range h.Asked.Folders {
		codes = append(codes, f.Code)
	}
	for _, s := range h.Asked.SQL {
		codes = append(codes, "sql "+s)
	}
	if h.Asked.Module != "" {
		codes = append(codes, "module", "store")
		for _, c := range h.Asked.Cmdlets {
			codes = append(codes, c.Name)
		}
	}
	return codes
}

func (h Host) left(l *list) {
	if h.Left != "" {
		l.is("swept", false, h.Left, `delete what is named pchatops-probe-* in %ProgramData%\pchatops\jobs and in the Task Scheduler of this host`)
	}
}

func (h Host) job(l *list) {
	if h.Late != "" {
		l.unread("job", h.Late, "look at the folders and servers below that are not known: one of them keeps the job")
	} else {
		l.is("job", true, "ran as "+h.Probe.Account, "")
	}
	h.left(l)
}

// member reports whether the logon is in a group, by number or name.
func (p *Probe) member(sid, name string) bool {
	return slices.ContainsFunc(p.Groups, func(g Group) bool {
		_, own, domain := strings.Cut(g.Name, `\`)
		if !domain {
			own = g.Name
		}
		return sid != "" && g.SID == sid || name != "" && strings.EqualFold(own, name)
	})
}

// groups: what the account of the jobs is in. That a batch logon is allowed shows in
// that there was one.
func (h Host) groups(l *list) {
	p := h.Probe
	if len(p.Groups) == 0 {
		l.unread("groups", "the job does not tell its groups", "")
		return
	}
	var missing, do []string
	if !p.member(batch, "") {
		missing, do = append(missing, "it is no batch logon"), append(do, "look at the task pchatops-probe-* in the Task Scheduler")
	}
	if h.Site.Role == site.Management && !p.member("", serverAdmins) {
		missing = append(missing, "it is not in "+serverAdmins)
		do = append(do, "Add-ADGroupMember "+serverAdmins+" -Members "+short(h.account()))
	}
	seen := fmt.Sprintf("%s, in %d groups", p.Account, len(p.Groups))
	if p.member(administrators, "") {
		seen += ", local administrator"
	} else {
		seen += ", no local administrator"
	}
	if len(missing) > 0 {
		seen += ": " + strings.Join(missing, ", ")
	}
	l.is("groups", len(missing) == 0, seen, strings.Join(do, "; "))
}

func short(account string) string { return account[strings.LastIndex(account, `\`)+1:] }

// folders: a file was written and deleted there. F2 only reads the backup share.
func (h Host) folders(l *list) {
	for _, want := range h.Asked.Folders {
		n := slices.IndexFunc(h.Probe.Folders, func(t Tried) bool { return t.Code == want.Code })
		if n < 0 {
			l.unread(want.Code, want.Path+": the job has not told", "look at the folder and its server")
			continue
		}
		t := h.Probe.Folders[n]
		seen, can := want.Path+": ", t.Written
		switch {
		case t.Left != "":
			seen, can = seen+"written, and cannot be deleted: "+t.Error.said(), false
		case t.Written:
			seen += "a file was written and deleted"
		case t.Listed && want.Code == "share" && t.Error != nil && t.Error.Code == 5:
			seen, can = seen+"read only, which is what F2 needs", true
		case t.Error != nil:
			seen += t.Error.said()
		default:
			seen += "it was not written to"
		}
		l.is(want.Code, can, seen+", as "+h.Probe.Account, folderDo(t, want))
	}
}

func folderDo(t Tried, want ProbeFolder) string {
	switch {
	case t.Left != "":
		return "delete " + clip(t.Left, 300) + " by hand, and give the account the right to change files"
	case t.Error == nil:
		return ""
	}
	switch t.Error.Code {
	case 5:
		return "give the account the right to change files in " + want.Path + " (share and NTFS permissions)"
	case 112, 39:
		return "free space on the volume of " + want.Path
	case 2, 3, 67:
		return "make the folder, or correct its path in the site file"
	case 53, 64, 121, 1231:
		return "this host does not reach the file server: bring it back, or look at name, firewall and DNS"
	case 1326:
		return "the file server does not take the account: look at its domain trust and password"
	}
	return "look at " + want.Path + " from this host"
}

// logins: the mirror cmdlets log in to the instances as the job's account.
func (h Host) logins(l *list) {
	for _, server := range h.Asked.SQL {
		code := "sql " + server
		n := slices.IndexFunc(h.Probe.SQL, func(s SQLLogin) bool { return s.Server == server })
		if n < 0 {
			l.unread(code, "the job has not told", "look at "+server)
			continue
		}
		s := h.Probe.SQL[n]
		mend := fmt.Sprintf("on %s: CREATE LOGIN [%s] FROM WINDOWS; EXEC sp_addsrvrolemember N'%s', N'sysadmin'", server, h.account(), h.account())
		switch {
		case s.Error != nil && (s.Error.Code == 18456 || s.Error.Code == 18470 || s.Error.Code == 18452):
			l.is(code, false, s.Error.said(), mend+"; ALTER LOGIN … ENABLE where it is disabled")
		case s.Error != nil:
			l.is(code, false, s.Error.said(), "see that this host reaches "+server+": its port, SQL Server Browser (UDP 1434), the firewall")
		default:
			l.is(code, s.Sysadmin, s.Login+map[bool]string{true: " is sysadmin", false: " is no sysadmin"}[s.Sysadmin], mend)
		}
	}
}

// shell: module, store and cmdlets.
func (h Host) shell(l *list) {
	m := h.Probe.Module
	switch {
	case m == nil:
		l.unread("module", "the job has not told", "")
	case m.Error != nil:
		l.is("module", false, m.Error.said(), "install the Management Shell ("+m.Name+") on this host, or name another management host")
	default:
		l.is("module", true, m.Name+" "+m.Version, "")
	}
	loaded := m != nil && m.Error == nil
	switch s := h.Probe.Store; {
	case !loaded, s == nil:
		l.unread("store", "the job has not told", "see module")
	case s.Error != nil:
		l.is("store", false, s.Error.said(), "the Central Management Store is not readable from here: bring it back, or see whether the account may read it (RTCUniversalServerAdmins)")
	default:
		l.is("store", true, strings.TrimSpace("readable "+s.At), "")
	}
	for _, want := range h.Asked.Cmdlets {
		n := slices.IndexFunc(h.Probe.Cmdlets, func(c Cmdlet) bool { return strings.EqualFold(c.Name, want.Name) })
		if !loaded || n < 0 {
			l.unread(want.Name, "the job has not told", "see module")
			continue
		}
		h.Probe.Cmdlets[n].judge(l, want)
	}
}

func (c Cmdlet) judge(l *list, want ProbeCmdlet) {
	whatIf := map[bool]string{true: "it takes -WhatIf", false: "it takes no -WhatIf"}[c.WhatIf]
	const by = "carry the step out by hand, as its plan shows it, with the parameters that Get-Help names on this host"
	switch {
	case c.Error != nil:
		l.unread(want.Name, c.Error.said(), by)
	case !c.Found:
		l.is(want.Name, false, "the module has no such cmdlet", "install the Persistent Chat part of the Management Shell, in the version of the pool")
	case len(c.Lacks) > 0:
		l.is(want.Name, false, "it has no parameter "+strings.Join(c.Lacks, ", ")+"; "+whatIf, by)
	case !c.Fits:
		l.is(want.Name, false, clip("no parameter set takes "+strings.Join(want.Parameters, ", ")+"; mandatory are "+strings.Join(c.Sets, " or "), 800)+"; "+whatIf, by)
	default:
		l.is(want.Name, true, "takes "+strings.Join(want.Parameters, ", ")+"; "+whatIf, "")
	}
}
