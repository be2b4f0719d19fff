package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// Instance is what was read of one SQL Server instance. A part that is in
// Unread is not known.
type Instance struct {
	Site     site.Instance
	Door     Door
	Err      error // why it did not tell anything
	Facts    status.Facts
	Clock    time.Time // its own, UTC; zero: not told
	Asked    time.Time // by the clock here, around the reading of that
	Answered time.Time
	Login    string
	Lacks    []string // rights, where the login is no sysadmin
	Endpoint *Endpoint
	Folders  []Folder
	Unread   map[string]string // by part: "rights", "endpoint", "folders", "share", …
}

// Endpoint is the database mirroring endpoint.
type Endpoint struct {
	Name, State, Role, Auth, Algorithm string
	Port                               int
	Encrypted                          bool
}

// Folder is a folder as the service of SQL Server sees it.
type Folder struct {
	Code string // the check: "data-folder", "log-folder", "share", "copy-folder"
	Path string
	// There: it is one, for the account of the service.
	There bool
}

// Instances judges all instances of a site. Shares and folders are named by the site
// file; now is the time here.
func Instances(all []Instance, now time.Time) (out []Check) {
	ahead, typical := clocks(all)
	for n, i := range all {
		l := &list{node: i.Site.Address()}
		i.connection(l)
		l.door(i.Door, settings{i.Site.Host, i.Site.Trust, i.Site.TLSMin, i.Site.Encrypt == site.EncryptOff}, now)
		i.rights(l)
		i.version(l, all)
		i.agent(l)
		i.database(l)
		i.endpoint(l, all)
		i.folders(l)
		i.clock(l, ahead[n], typical)
		out = append(out, l.all...)
	}
	return out
}

// connection tells whether the instance can be reached, and takes the login.
func (i Instance) connection(l *list) {
	var f *fault.Error
	switch {
	case i.Err == nil:
		l.is("connect", true, "answers as "+cmp.Or(i.Facts.ServerName, "an instance without a name"), "")
		l.is("login", true, "logged in as "+i.Login, "")
	case errors.As(i.Err, &f) && (f.Class == fault.Login || f.Class == fault.Permission):
		l.is("connect", true, "answers", "")
		l.failed("login", f)
	default:
		l.failed("connect", i.Err)
		l.unread("login", "no connection", "see connect")
	}
}

// part reports whether a part was read, and notes it where it was not.
func (i Instance) part(l *list, code, part string) bool {
	if i.Err != nil {
		l.unread(code, "the instance did not tell", "see connect and login")
		return false
	}
	if why, not := i.Unread[part]; not {
		l.unread(code, why, "see rights; then ask again")
		return false
	}
	for _, u := range i.Facts.Unread {
		if name, text, _ := strings.Cut(u, ": "); name == part {
			l.unread(code, text, "see rights; then ask again")
			return false
		}
	}
	return true
}

func (i Instance) rights(l *list) {
	if !i.part(l, "rights", "rights") {
		return
	}
	if i.Facts.Sysadmin {
		l.is("rights", true, i.Login+" is sysadmin", "")
		return
	}
	seen := i.Login + " is no sysadmin"
	if len(i.Lacks) > 0 {
		seen += ", and lacks " + strings.Join(i.Lacks, ", ")
	}
	l.is("rights", false, seen, fmt.Sprintf("let an administrator of %s run: ALTER SERVER ROLE sysadmin ADD MEMBER [%s] (before SQL Server 2012: sp_addsrvrolemember)", l.node, strings.ReplaceAll(i.Login, "]", "]]")))
}

// partner is a role that may be one half of a mirrored pair.
func partner(r site.Role) bool { return r.HoldsChat() }

// version: backups restore on the same or a newer release only, and the editions
// differ in what they can do.
func (i Instance) version(l *list, all []Instance) {
	if i.Err != nil {
		i.part(l, "version", "server")
		return
	}
	seen := i.Facts.Version + " " + i.Facts.Edition
	if strings.Contains(i.Facts.Edition, "Express") && partner(i.Site.Role) {
		l.is("version", false, seen, "Express ships no logs and mirrors nothing but as a witness: install Standard or Enterprise")
		return
	}
	if release(i.Facts.Version) == 0 {
		l.unread("version", "the server says "+clip(strconv.Quote(seen), 100), "look whether this is a SQL Server")
		return
	}
	for _, o := range all {
		if o.Err != nil || o.Site.Role != site.Primary && o.Site.Role != site.Mirror {
			continue
		}
		if (i.Site.Role == site.Secondary || i.Site.Role == site.SecondaryMirror) && release(i.Facts.Version) < release(o.Facts.Version) {
			l.is("version", false, seen+", older than "+o.Site.Address()+" with "+o.Facts.Version, "update it: no backup of a newer release is restored here")
			return
		}
	}
	l.is("version", true, seen, "")
}

// release is 1050 for 10.50, 0 for what is no version.
func release(version string) int {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return 0
	}
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	if err1 != nil || err2 != nil {
		return 0
	}
	return major*100 + minor
}

// agent: log shipping is its jobs, and copying opens the share as its account.
func (i Instance) agent(l *list) {
	if !partner(i.Site.Role) || !i.part(l, "agent", "services") {
		return
	}
	a := i.Facts.Agent
	seen := cmp.Or(a.Name, "SQL Server Agent") + " is " + a.State
	switch {
	case a.State == "unknown" || a.State == "":
		l.unread("agent", "the server does not tell the state of its Agent", "look at the service on the host")
		return
	case !a.Running():
		l.is("agent", false, seen, "start the service SQL Server Agent on "+l.node+", and set it to start automatically")
		return
	case a.Account == "":
		l.unread("agent", seen+"; the server does not tell its account", "look at the account of the service on the host")
		return
	}
	seen += " as " + a.Account
	const domain = "let the service run as a domain account that may read and write the backup share"
	worked, told := i.shipped()
	switch {
	case !local(a.Account), told && worked:
		l.is("agent", true, seen, "")
	case told:
		l.is("agent", false, seen+", which a file server knows as the computer's account at best; its last log shipping job failed", domain+", or give the computer's account rights on the share")
	default:
		l.unread("agent", seen+", which a file server knows as the computer's account at best; no log shipping job tells whether that is enough", domain)
	}
}

// local reports whether an account is none of the domain.
func local(account string) bool {
	account = strings.ToLower(account)
	return account == "localsystem" || strings.HasPrefix(account, `nt authority\`) || strings.HasPrefix(account, `nt service\`)
}

// shipped tells whether the log shipping job that opens the share worked last.
func (i Instance) shipped() (worked, told bool) {
	outcome := ""
	if s := i.Facts.Secondary; s != nil {
		outcome = s.CopyJob.Outcome
	} else if p := i.Facts.Primary; p != nil {
		outcome = p.BackupJob.Outcome
	}
	return outcome == "succeeded", outcome != ""
}

// database: what a role is to have.
func (i Instance) database(l *list) {
	if !partner(i.Site.Role) || !i.part(l, "database", "database") {
		return
	}
	d, m := i.Facts.Database, i.Facts.Mirroring
	seen := d.Word()
	if m.Configured {
		seen += ", " + m.Role + " " + m.State
	}
	if i.Site.Role != site.SecondaryMirror && d.Exists && d.Recovery != "" {
		seen += ", recovery model " + d.Recovery
	}
	mirrored := m.Configured && (m.State == "SYNCHRONIZED" || m.State == "SYNCHRONIZING")
	switch i.Site.Role {
	case site.Primary, site.Mirror:
		l.is("database", d.Exists && (d.Online() || m.Role == "MIRROR") && (mirrored || i.Site.Role == site.Primary && !m.Configured) && d.Recovery != "SIMPLE",
			seen, "the primary's database is to be online in the FULL model and mirrored: see pchatops status")
	case site.Secondary:
		l.is("database", d.Restoring(), seen, "the secondary's database is to be restoring, so that log backups can be applied: see pchatops status; without it, initialise log shipping anew (pchatops plan ship-primary)")
	default:
		l.is("database", !d.Exists || m.Configured, seen, "a leftover of that name stands in the way of F6: look what it is, and drop it there if nobody needs it")
	}
}

// endpoint: mirroring needs one that is started, and two partners that agree.
func (i Instance) endpoint(l *list, all []Instance) {
	if i.Site.Role == site.Monitor || !i.part(l, "endpoint", "endpoint") {
		return
	}
	witness := i.Site.Role == site.Witness || i.Site.Role == site.SecondaryWitness
	e := i.Endpoint
	if e == nil {
		later := i.Site.Role == site.Secondary || i.Site.Role == site.SecondaryMirror || i.Site.Role == site.SecondaryWitness
		l.is("endpoint", later, map[bool]string{true: "none: the cmdlet of F6 makes one", false: "none"}[later], "mirroring has no endpoint here: run Install-CsMirrorDatabase, or CREATE ENDPOINT … FOR DATABASE_MIRRORING")
		return
	}
	seen := fmt.Sprintf("%s on port %d, %s, for %s, authentication %s, encryption %s", e.Name, e.Port, e.State, e.Role, e.Auth, map[bool]string{true: e.Algorithm, false: "off"}[e.Encrypted])
	if e.State != "STARTED" {
		l.is("endpoint", false, seen, fmt.Sprintf("on %s: ALTER ENDPOINT [%s] STATE = STARTED", l.node, e.Name))
		return
	}
	if want := map[bool]string{true: "WITNESS", false: "PARTNER"}[witness]; e.Role != want && e.Role != "ALL" {
		l.is("endpoint", false, seen, fmt.Sprintf("on %s: ALTER ENDPOINT [%s] FOR DATABASE_MIRRORING (ROLE = ALL)", l.node, e.Name))
		return
	}
	if o := i.disagrees(all); o != "" {
		l.is("endpoint", false, seen+"; "+o, "give both endpoints the same ENCRYPTION and AUTHENTICATION (ALTER ENDPOINT … FOR DATABASE_MIRRORING)")
		return
	}
	l.is("endpoint", true, seen, "")
}

// disagrees says with which other half of a pair the endpoint cannot talk.
func (i Instance) disagrees(all []Instance) string {
	other := map[site.Role]site.Role{site.Primary: site.Mirror, site.Mirror: site.Primary, site.Secondary: site.SecondaryMirror, site.SecondaryMirror: site.Secondary}[i.Site.Role]
	for _, o := range all {
		if o.Site.Role != other || o.Endpoint == nil {
			continue
		}
		if o.Endpoint.Encrypted != i.Endpoint.Encrypted {
			return "that of " + o.Site.Address() + " is the other way about encryption"
		}
		if (o.Endpoint.Auth == "CERTIFICATE") != (i.Endpoint.Auth == "CERTIFICATE") {
			return "that of " + o.Site.Address() + " wants authentication " + o.Endpoint.Auth
		}
	}
	return ""
}

var folderRemedy = map[string]string{
	"data-folder": "make the default folder for data files, or correct it in the properties of the server: Install-CsMirrorDatabase and RESTORE put files there",
	"log-folder":  "make the default folder for log files, or correct it in the properties of the server: Install-CsMirrorDatabase and RESTORE put files there",
	"share":       "let the account of the SQL Server service read the backup share (share and NTFS permissions), and see that the host reaches the file server",
	"copy-folder": "make the copy folder on the host, and let the account of the SQL Server service read it",
}

// folders: as the service of SQL Server sees them.
func (i Instance) folders(l *list) {
	if i.Err != nil || i.Unread["folders"] != "" {
		if partner(i.Site.Role) {
			i.part(l, "folders", "folders")
		}
		return
	}
	for _, f := range i.Folders {
		if why := i.Unread[f.Code]; why != "" {
			l.unread(f.Code, f.Path+": "+why, folderRemedy[f.Code])
			continue
		}
		as := ""
		if a := i.Facts.Engine.Account; a != "" {
			as = " for " + a
		}
		l.is(f.Code, f.There, f.Path+map[bool]string{true: " is there", false: " is not there"}[f.There]+as, folderRemedy[f.Code])
	}
}

// tolerance is how far a clock may be off: that of the others and the way there
// are not known better.
const tolerance = time.Minute

// clocks gives how far each clock is ahead of the one here, and of most.
func clocks(all []Instance) (ahead []time.Duration, typical time.Duration) {
	ahead = make([]time.Duration, len(all))
	var known []time.Duration
	for n, i := range all {
		if i.Err == nil && !i.Clock.IsZero() {
			ahead[n] = i.Clock.Sub(i.Asked.Add(i.Answered.Sub(i.Asked) / 2))
			known = append(known, ahead[n])
		}
	}
	if len(known) > 0 {
		typical = middle(known)
	}
	return ahead, typical
}

func (i Instance) clock(l *list, ahead, typical time.Duration) {
	if !i.part(l, "clock", "server") {
		return
	}
	if i.Clock.IsZero() {
		l.unread("clock", "the server does not tell its time", "")
		return
	}
	off := (ahead - typical).Round(time.Second)
	seen := "with the other servers"
	if off != 0 {
		seen = fmt.Sprintf("%s %s the other servers", off.Abs(), map[bool]string{true: "ahead of", false: "behind"}[off > 0])
	}
	l.is("clock", off.Abs() <= tolerance, seen, "set the clock of the host of "+l.node+" (w32tm /resync): logins with Kerberos fail beyond five minutes, and the ages of backups are wrong")
}
