package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"

	"pchatops/ops/procedures"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// siteFile is a first site file, in the order in which people read it
// (docs/configuration.md has every key).
type siteFile struct {
	Name        string                    `yaml:"name"`
	Danger      string                    `yaml:"danger"`
	Product     string                    `yaml:"product"`
	Pool        string                    `yaml:"pool"`
	BackupShare string                    `yaml:"backup_share"`
	CopyFolder  string                    `yaml:"copy_folder"`
	Credentials map[string]fileCredential `yaml:"credentials"`
	Instances   []fileServer              `yaml:"instances"`
	Hosts       []fileServer              `yaml:"hosts"`
	ChatServers []fileChatServer          `yaml:"chat_servers,omitempty"`
}

type fileCredential struct {
	Login    string            `yaml:"login"`
	User     string            `yaml:"user"`
	Password map[string]string `yaml:"password"`
}

// fileServer is a SQL Server instance or a Windows host.
type fileServer struct {
	Role       site.Role         `yaml:"role"`
	Host       string            `yaml:"host"`
	Instance   string            `yaml:"instance,omitempty"`
	Port       int               `yaml:"port,omitempty"`
	DataCentre string            `yaml:"data_centre"`
	Trust      map[string]string `yaml:"trust,omitempty"`
	Credential string            `yaml:"credential"`
	RunAs      string            `yaml:"run_as,omitempty"`
}

type fileChatServer struct {
	FQDN       string `yaml:"fqdn"`
	DataCentre string `yaml:"data_centre"`
}

const firstLines = `# Site file of pchatops, written from the published topology (SHA-256 of its
# document: %s). Look through it before you rely on it:
# - danger says production until you say otherwise;
# - data_centre of the chat servers is a guess: active ones beside the primary,
#   idle ones beside the secondary;
# - witnesses are in no list of stores: add them with role witness and
#   secondary-witness, and a monitor server of log shipping with role monitor;
# - a second management host, in the other data centre, keeps the pool within
#   reach when one of them is lost.
`

// file writes the site file.
func (f firstSite) file(h site.Host, product site.Product, t procedures.Topology, s procedures.ChatService) ([]byte, error) {
	near, far := centres(t, s.Stores)
	out := siteFile{
		Name: f.siteName(s.Pool), Danger: string(site.Production), Product: string(product), Pool: s.Pool,
		BackupShare: f.share, CopyFolder: f.copyFolder,
		Credentials: map[string]fileCredential{"ops": {Login: string(site.LoginNTLM), User: f.user, Password: reference(h.Credential)}},
	}
	trust, err := trusting(f.caFile)
	if err != nil {
		return nil, err
	}
	for _, role := range []site.Role{site.Primary, site.Mirror, site.Secondary, site.SecondaryMirror} {
		if store := s.Stores.Of(role); store.FQDN != "" {
			out.Instances = append(out.Instances, instance(role, store, map[bool]string{true: near, false: far}[role == site.Primary || role == site.Mirror], trust))
		}
	}
	host := fileServer{Role: site.Management, Host: h.Host, DataCentre: plainName(t.Site(poolOf(t, h.Host)), near), Trust: trust, Credential: "ops", RunAs: "ops"}
	if h.Port != 5986 {
		host.Port = h.Port
	}
	out.Hosts = []fileServer{host}
	if store := s.Stores.Backup; store.FQDN != "" {
		out.Hosts = append(out.Hosts, fileServer{Role: site.Secondary, Host: store.FQDN, DataCentre: far, Trust: trust, Credential: "ops", RunAs: "ops"})
	}
	for _, c := range s.Active {
		out.ChatServers = append(out.ChatServers, fileChatServer{c, near})
	}
	for _, c := range s.Idle {
		out.ChatServers = append(out.ChatServers, fileChatServer{c, far})
	}
	text, err := yaml.Marshal(out)
	return append(fmt.Appendf(nil, firstLines, t.SHA256), text...), err
}

// siteName is the name of the site, of the characters that one may have.
func (f firstSite) siteName(pool string) string {
	if f.name != "" {
		return f.name
	}
	name, _, _ := strings.Cut(pool, ".")
	return plainName(name, "site")
}

func trusting(caFile string) (map[string]string, error) {
	if caFile == "" {
		return nil, nil
	}
	abs, err := filepath.Abs(caFile)
	return map[string]string{"ca_file": abs}, err
}

func instance(role site.Role, s status.Store, dc string, trust map[string]string) fileServer {
	i := fileServer{Role: role, Host: s.FQDN, Instance: s.Instance, DataCentre: dc, Trust: trust, Credential: "ops"}
	if s.Instance == "" {
		i.Port = 1433
	}
	return i
}

// reference is where a password is found, as the site file writes it.
func reference(c site.Credential) map[string]string {
	out := map[string]string{string(c.Source): c.Ref}
	if c.Key != "" {
		out["key"] = c.Key
	}
	return out
}

// centres are the names of the two data centres: the sites of the primary's and
// the secondary's store, where the topology tells them apart.
func centres(t procedures.Topology, s status.Stores) (near, far string) {
	near, far = plainName(t.Site(s.Primary.FQDN), "dc1"), plainName(t.Site(s.Backup.FQDN), "dc2")
	if near == far {
		return "dc1", "dc2"
	}
	return near, far
}

// poolOf is the pool that a computer belongs to; often its own name.
func poolOf(t procedures.Topology, computer string) string {
	for _, p := range t.Pools {
		for _, c := range p.Computers {
			if strings.EqualFold(c, computer) {
				return p.FQDN
			}
		}
	}
	return computer
}

// plainName makes a name of the site file of a name of the topology.
func plainName(name, otherwise string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, name)
	if safe = strings.Trim(safe, "-._"); safe == "" {
		return otherwise
	}
	return safe[:min(len(safe), 63)]
}
