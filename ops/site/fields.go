package site

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	instanceRoles = []Role{Primary, Mirror, Witness, Secondary, SecondaryMirror, SecondaryWitness, Monitor}
	hostRoles     = slices.Concat([]Role{Management}, instanceRoles)
)

// What the kinds of text look like, for the messages.
const (
	hostText = "a DNS name or an IP address"
	fqdnText = "a fully qualified domain name"
	lineText = "one line of printable text"
	nameText = "letters, digits, dots, dashes and underscores, at most 63"
)

// site reads the whole document.
func (r *reader) site(s *Site, root *yaml.Node) {
	creds := map[string]Credential{}
	r.mapping(root, "", fields{
		"version":          may(r.number(&s.Version, 1, Format)),
		"identity":         may(r.text(&s.Mark, nameText, isName)),
		"name":             need(r.text(&s.Name, nameText, isName)),
		"danger":           may(word(r, &s.Danger, Production, Staging, Lab)),
		"product":          need(word(r, &s.Product, Lync2013, SfB2015)),
		"pool":             need(r.text(&s.Pool, fqdnText, isFQDN)),
		"database":         may(r.text(&s.Database, lineText+", at most 128 characters", isDatabase)),
		"backup_share":     need(r.text(&s.BackupShare, `a UNC path such as \\FS01\LogShip`, isUNC)),
		"backup_directory": may(r.text(&s.BackupDirectory, `a local path such as E:\LogShip`, isDrive)),
		"copy_folder":      need(r.text(&s.CopyFolder, `a local or UNC path such as E:\LogShip`, isFolder)),
		"mirror_share":     may(r.text(&s.MirrorShare, `a UNC path such as \\FS11\Mirror`, isUNC)),
		"central_management": may(func(n *yaml.Node, path string) {
			r.mapping(n, path, fields{"backup": need(r.store(&s.Central.Backup)), "backup_mirror": may(r.store(&s.Central.BackupMirror))})
		}),
		"credentials":  need(r.credentials(creds)),
		"instances":    need(entries(r, &s.Instances, "instances", r.instance)),
		"hosts":        may(entries(r, &s.Hosts, "Windows hosts", r.host)),
		"chat_servers": may(entries(r, &s.ChatServers, "chat servers", r.chatServer)),
		"fast_links":   may(entries(r, &s.FastLinks, "pairs of data centres", r.fastLink)),
		"intervals":    may(r.intervals(&s.Intervals)),
		"dead_after":   may(r.deadAfter(&s.DeadAfter)),
		"thresholds":   may(r.thresholds(&s.Thresholds)),
		"log_shipping": may(r.shipping(&s.Shipping)),
	})
	r.lookUp(s, creds)
}

// entries reads a list into a slice.
func entries[T any](r *reader, dst *[]T, of string, read func(*T) take) take {
	return func(n *yaml.Node, path string) {
		r.list(n, path, of, func(n *yaml.Node, path string) {
			var e T
			read(&e)(n, path)
			*dst = append(*dst, e)
		})
	}
}

func (r *reader) instance(i *Instance) take {
	return func(n *yaml.Node, path string) {
		r.mapping(n, path, fields{
			"role":        need(word(r, &i.Role, instanceRoles...)),
			"host":        need(r.text(&i.Host, hostText, isHost)),
			"instance":    may(r.text(&i.Name, "an instance name, at most 16 characters", isInstance)),
			"port":        may(r.number(&i.Port, 1, 65535)),
			"label":       may(r.text(&i.Label, lineText, isText)),
			"fqdn":        may(r.text(&i.FQDN, fqdnText, isFQDN)),
			"data_centre": need(r.text(&i.DataCentre, nameText, isName)),
			"encrypt":     may(word(r, &i.Encrypt, EncryptOff, EncryptLogin, EncryptFull)),
			"tlsmin":      may(word(r, &i.TLSMin, "1.0", "1.1", "1.2", "1.3")),
			"trust":       may(r.trust(&i.Trust)),
			"credential":  need(r.text(&i.Credential.Name, nameText, isName)),
		})
	}
}

func (r *reader) host(h *Host) take {
	return func(n *yaml.Node, path string) {
		r.mapping(n, path, fields{
			"role":        need(word(r, &h.Role, hostRoles...)),
			"name":        may(r.text(&h.Name, lineText, isText)),
			"host":        need(r.text(&h.Host, hostText, isHost)),
			"port":        may(r.number(&h.Port, 1, 65535)),
			"data_centre": need(r.text(&h.DataCentre, nameText, isName)),
			"scheme":      may(word(r, &h.Scheme, "https", "http")),
			"auth":        may(word(r, &h.Auth, AuthBasic, AuthNTLM, AuthKerberos, AuthCertificate)),
			"spn":         may(r.text(&h.SPN, "a service principal name such as WSMAN/fe11.litwareinc.com, or its class alone: WSMAN", isSPN)),
			"trust":       may(r.trust(&h.Trust)),
			"credential":  need(r.text(&h.Credential.Name, nameText, isName)),
			"run_as":      may(r.text(&h.RunAs.Name, nameText, isName)),
		})
	}
}

func (r *reader) store(s *Store) take {
	return func(n *yaml.Node, path string) {
		r.mapping(n, path, fields{
			"fqdn":     need(r.text(&s.FQDN, fqdnText, isFQDN)),
			"instance": may(r.text(&s.Instance, "an instance name, at most 16 characters", isInstance)),
		})
	}
}

func (r *reader) trust(t *Trust) take {
	return func(n *yaml.Node, path string) {
		r.mapping(n, path, fields{
			"server_name": may(r.text(&t.ServerName, hostText, isHost)),
			"ca_file":     may(r.text(&t.CAFile, "the path of a PEM file", isText)),
			"any":         may(r.flag(&t.Any)),
		})
	}
}

func (r *reader) chatServer(c *ChatServer) take {
	return func(n *yaml.Node, path string) {
		r.mapping(n, path, fields{
			"fqdn":        need(r.text(&c.FQDN, fqdnText, isFQDN)),
			"data_centre": need(r.text(&c.DataCentre, nameText, isName)),
		})
	}
}

func (r *reader) fastLink(pair *[2]string) take {
	return func(n *yaml.Node, path string) {
		var ends []string
		r.list(n, path, "two data centres", func(n *yaml.Node, path string) {
			var end string
			r.text(&end, nameText, isName)(n, path)
			ends = append(ends, end)
		})
		if len(ends) != 2 {
			r.problem(n, path+" is no pair", "a list of two data centres")
			return
		}
		*pair = [2]string(ends)
	}
}

func (r *reader) intervals(i *Intervals) take {
	return func(n *yaml.Node, path string) {
		r.mapping(n, path, fields{
			"poll":         may(r.span(&i.Poll)),
			"answer":       may(r.span(&i.Answer)),
			"stale":        may(r.span(&i.Stale)),
			"connect":      may(r.span(&i.Connect)),
			"shell":        may(r.span(&i.Shell)),
			"shell_answer": may(r.span(&i.ShellAnswer)),
			"chat_back":    may(r.span(&i.ChatBack)),
		})
	}
}

func (r *reader) deadAfter(d *DeadAfter) take {
	return func(n *yaml.Node, path string) {
		r.mapping(n, path, fields{
			"silent":   may(r.span(&d.Silent)),
			"refused":  may(r.span(&d.Refused)),
			"attempts": may(r.number(&d.Attempts, 2, 20)),
		})
	}
}

func (r *reader) thresholds(t *Thresholds) take {
	return func(n *yaml.Node, path string) {
		r.mapping(n, path, fields{
			"backup":  may(r.span(&t.Backup)),
			"copy":    may(r.span(&t.Copy)),
			"restore": may(r.span(&t.Restore)),
		})
	}
}

// short gives the name of a server as people say it: "SQL11" for
// sql11.litwareinc.com.
func short(host string) string {
	name, _, _ := strings.Cut(host, ".")
	if strings.Contains(host, ":") || strings.Trim(host, "0123456789.") == "" {
		return host
	}
	return strings.ToUpper(name)
}
