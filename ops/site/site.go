// Package site is the configured estate: the Persistent Chat pool, its SQL
// Server instances, shares, Windows hosts and chat servers, and where the
// credentials for them are to be found (never the credentials themselves).
// It loads and validates the site file; it contacts nothing.
package site

import (
	"cmp"
	"strings"
	"time"
)

// Product is the server product, which decides the Management Shell module.
type Product string

// The two products that have Persistent Chat in this shape.
const (
	Lync2013 Product = "lync-2013"
	SfB2015  Product = "skype-for-business-2015"
)

// Role is what an instance or host is to the Persistent Chat database, in the
// terms of the Microsoft documents.
type Role string

// The roles. Management is a role of Windows hosts only.
const (
	Primary          Role = "primary"
	Mirror           Role = "mirror"
	Witness          Role = "witness"
	Secondary        Role = "secondary"
	SecondaryMirror  Role = "secondary-mirror"
	SecondaryWitness Role = "secondary-witness"
	Monitor          Role = "monitor" // monitor server of log shipping
	Management       Role = "management"
)

// HoldsChat reports whether an instance of the role has a copy of the database,
// or is to have one. A witness and a monitor server have none.
func (r Role) HoldsChat() bool {
	return r != Witness && r != SecondaryWitness && r != Monitor
}

// Danger is the level of the environment. It drives the badge on every screen
// and in every dialog.
type Danger string

// The danger levels.
const (
	Production Danger = "production"
	Staging    Danger = "staging"
	Lab        Danger = "lab"
)

// Format is the format of the site files that this program reads. A file that
// names none has format 1.
const Format = 1

// Site is a whole validated site file.
type Site struct {
	Version     int
	Name        string
	Mark        string // tells apart sites that read the same; the lab's own
	Danger      Danger
	Product     Product
	Pool        string // FQDN of the Persistent Chat pool
	Database    string // normally mgc
	Instances   []Instance
	Hosts       []Host
	ChatServers []ChatServer
	FastLinks   [][2]string // pairs of data centres joined by a low latency, high bandwidth link

	BackupShare     string // UNC path that receives the transaction log backups
	BackupDirectory string // local path of that folder on the primary; empty when it is not there
	CopyFolder      string // destination folder for copied files, as the secondary sees it
	MirrorShare     string // UNC path over which F6 copies the database to its mirror; BackupShare when empty
	Central         Central

	Intervals  Intervals
	DeadAfter  DeadAfter
	Thresholds Thresholds
	Shipping   Shipping

	Path     string    // the file it was read from
	Warnings []Problem // what is allowed but deserves a look, for validate and doctor
}

// Central is what the site file says of the Central Management Store: where it goes
// when it is failed over.
type Central struct {
	Backup, BackupMirror Store
}

// Store is a SQL Server as the topology names it.
type Store struct{ FQDN, Instance string }

// Instance is one SQL Server instance.
type Instance struct {
	Role       Role
	Host       string // DNS name or address to dial
	Name       string // instance name; empty for the default instance
	Port       int    // 0: ask SQL Server Browser, or 1433 for a default instance
	Label      string // as the operator knows it: `SQL11\RTC`
	FQDN       string // name in the topology, for the Management Shell; Host when empty
	DataCentre string
	Encrypt    Encrypt
	TLSMin     string // "1.0" … "1.3"; empty: the library's floor
	Trust      Trust
	Credential Credential
}

// Address gives the name for screens and journals: `SQL11\RTC`.
func (i Instance) Address() string { return i.Label }

// Named reports whether a server that calls itself so (@@SERVERNAME) is this
// instance, as far as a name tells.
func (i Instance) Named(name string) bool {
	return strings.EqualFold(name, i.Label) || strings.EqualFold(name, i.ownName())
}

// ownName is what the server is expected to call itself.
func (i Instance) ownName() string {
	if i.Name == "" {
		return short(i.Host)
	}
	return short(i.Host) + `\` + i.Name
}

// Encrypt says how a TDS connection is protected.
type Encrypt string

// The three modes (go-mssqldb's encrypt=disable, false, true).
const (
	EncryptOff   Encrypt = "off"
	EncryptLogin Encrypt = "login"
	EncryptFull  Encrypt = "full"
)

// Trust says which server certificate is accepted.
type Trust struct {
	ServerName string // name expected in the certificate when it is not the host
	CAFile     string // PEM file of the issuing authority
	Any        bool   // accept any certificate; the console shows that it does
}

// Host is a Windows host that is reached over WinRM.
type Host struct {
	Role       Role   // management, or the role of the SQL Server that runs there
	Name       string // as the operator knows it
	Host       string // DNS name or address to dial
	Port       int
	DataCentre string
	Scheme     string // "https" or "http"
	Auth       Auth
	SPN        string // service principal name for Kerberos, or its class alone; "": HTTP
	Trust      Trust
	Credential Credential
	RunAs      Credential // account of the detached jobs; Credential when empty
}

// Auth is the WinRM authentication.
type Auth string

// The four kinds.
const (
	AuthBasic       Auth = "basic"
	AuthNTLM        Auth = "ntlm"
	AuthKerberos    Auth = "kerberos"
	AuthCertificate Auth = "certificate"
)

// ChatServer is one Persistent Chat server of the stretched pool.
type ChatServer struct {
	FQDN       string
	DataCentre string
}

// Credential is a reference to a secret, never the secret.
type Credential struct {
	Name   string         // as the site file names it
	Kind   CredentialKind // how to log in
	User   string         // `sa`, `LITWARE\ops` or `ops@litwareinc.com`
	Source Source         // where the password (or key) comes from
	Ref    string         // by Source: variable, file, keyring service, question, or the command's argv as a JSON list
	Key    string         // entry of a secrets file, or user of the keyring service (User when empty)
	Realm  string         // Kerberos realm
	Config string         // krb5.conf
	Cache  string         // Kerberos credential cache
	Cert   string         // client certificate, PEM file (WinRM certificate authentication)
}

// Empty reports whether nothing was configured.
func (c Credential) Empty() bool { return c == Credential{} }

// CredentialKind is how a credential logs in.
type CredentialKind string

// The kinds. SQL instances take sql, ntlm, kerberos; hosts take their Auth.
const (
	LoginSQL      CredentialKind = "sql"
	LoginNTLM     CredentialKind = "ntlm"
	LoginKerberos CredentialKind = "kerberos"
	LoginCert     CredentialKind = "certificate"
	LoginBasic    CredentialKind = "basic"
)

// Source is where a secret comes from.
type Source string

// The sources.
const (
	FromEnv     Source = "env"
	FromFile    Source = "file" // refused unless mode 0600
	FromKeyring Source = "keyring"
	FromCommand Source = "command"
	FromPrompt  Source = "prompt"
)

// Intervals are the times of the console's own work.
type Intervals struct {
	Poll    time.Duration // between two polls of a node
	Answer  time.Duration // deadline of one poll of one node
	Stale   time.Duration // facts older than this read STALE
	Connect time.Duration // deadline of a connection attempt

	Shell       time.Duration // between two reads over WinRM (pool, share): loading the Management Shell is slow
	ShellAnswer time.Duration // deadline of one of them

	ChatBack time.Duration // how long after F7 the chat servers may take to work with the new primary
}

// DeadAfter is what it takes to call a server dead from one place. It takes a
// second place to agree as well.
type DeadAfter struct {
	Silent   time.Duration // no route, or nobody answers the SYN, for so long
	Refused  time.Duration // connections are refused for so long: a restart looks like this
	Attempts int           // and so many attempts in that time
}

// SecondPlace gives the hosts in the secondary's data centre, which can be asked
// what they see of a server: the secondary's own first.
func (s *Site) SecondPlace() []Host {
	secondary, _ := s.Instance(Secondary)
	own := s.HostsOf(Secondary)
	for _, h := range s.Hosts {
		if h.Role != Secondary && h.DataCentre == secondary.DataCentre {
			own = append(own, h)
		}
	}
	return own
}

// Thresholds are the limits of the log shipping configuration, for findings.
// Zero: the limit that the server itself is configured with.
type Thresholds struct {
	Backup  time.Duration // alert if no backup within
	Copy    time.Duration // alert if no copy within
	Restore time.Duration // alert if no restore within
}

// ShareOfMirrors is the share over which a database is copied to its mirror.
func (s *Site) ShareOfMirrors() string { return cmp.Or(s.MirrorShare, s.BackupShare) }

// Instance gives the instance of a role.
func (s *Site) Instance(r Role) (Instance, bool) {
	for _, i := range s.Instances {
		if i.Role == r {
			return i, true
		}
	}
	return Instance{}, false
}

// HostsOf gives the Windows hosts of a role, in the order of the file.
func (s *Site) HostsOf(r Role) []Host {
	var out []Host
	for _, h := range s.Hosts {
		if h.Role == r {
			out = append(out, h)
		}
	}
	return out
}

// ChatServer gives the chat server of a name, in whatever case; nil: there is none.
func (s *Site) ChatServer(fqdn string) *ChatServer {
	for i := range s.ChatServers {
		if c := &s.ChatServers[i]; strings.EqualFold(c.FQDN, fqdn) {
			return c
		}
	}
	return nil
}

// Fast reports whether two data centres are the same or joined by a link that
// the site file declares fast.
func (s *Site) Fast(a, b string) bool {
	if a == b {
		return true
	}
	for _, l := range s.FastLinks {
		if (l[0] == a && l[1] == b) || (l[0] == b && l[1] == a) {
			return true
		}
	}
	return false
}

// Credentials gives every credential that an instance or host refers to, each
// once.
func (s *Site) Credentials() []Credential {
	seen := map[Credential]bool{}
	var out []Credential
	add := func(c Credential) {
		if !c.Empty() && !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	for _, i := range s.Instances {
		add(i.Credential)
	}
	for _, h := range s.Hosts {
		add(h.Credential)
		add(h.RunAs)
	}
	return out
}
