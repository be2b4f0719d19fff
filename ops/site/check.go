package site

import (
	"fmt"
	"slices"
	"strings"
)

// check finds what no single value shows: contradictions between parts of the
// file. It also runs on a file with other problems, so it passes over values
// that could not be read.
func (r *reader) check(s *Site) {
	r.checkRoles(s)
	r.checkInstances(s)
	r.checkHosts(s)
	r.checkPlaces(s)
	r.checkIntervals(s)
	r.checkShipping(s.Shipping)
	if len(r.found) == 0 {
		r.look(s)
	}
}

func (r *reader) wrong(path, message, expected string) {
	r.problem(r.at(path), path+" "+message, expected)
}

// absent reports whether a mapping has none of the keys.
func (r *reader) absent(path string, keys ...string) bool {
	return !slices.ContainsFunc(keys, func(k string) bool { return r.nodes[join(path, k)] != nil })
}

// checkRoles: one server per role, and none that lacks its counterpart.
func (r *reader) checkRoles(s *Site) {
	first := map[Role]int{}
	for i, in := range s.Instances {
		if in.Role == "" {
			return
		}
		if j, ok := first[in.Role]; ok {
			r.wrong(fmt.Sprintf("instances[%d].role", i),
				fmt.Sprintf("is a second %s beside %s", in.Role, s.Instances[j].Label), "each role once")
			continue
		}
		first[in.Role] = i
	}
	for _, role := range []Role{Primary, Secondary} {
		if _, ok := first[role]; !ok {
			r.wrong("instances", "has no "+string(role), "an instance with role: "+string(role))
		}
	}
	if i, has := first[Monitor]; has && s.Shipping.Monitor == "" && r.absent("log_shipping", "monitor") {
		r.wrong(fmt.Sprintf("instances[%d].role", i), "is a monitor server that log shipping does not know",
			"log_shipping.monitor: the name by which that server knows itself")
	}
	for witness, mirror := range map[Role]Role{Witness: Mirror, SecondaryWitness: SecondaryMirror} {
		i, has := first[witness]
		if _, ok := first[mirror]; has && !ok {
			r.wrong(fmt.Sprintf("instances[%d].role", i), "is a witness without a mirror",
				"an instance with role: "+string(mirror))
		}
	}
}

// checkInstances: each one reachable, told apart from the others, and with a
// login that SQL Server knows.
func (r *reader) checkInstances(s *Site) {
	labels, addresses := map[string]bool{}, map[string]bool{}
	for i, in := range s.Instances {
		path := fmt.Sprintf("instances[%d]", i)
		if in.Port == 0 && in.Name == "" && r.absent(path, "port", "instance") {
			r.wrong(path, "has neither instance nor port", "instance, port or both (a default instance is port: 1433)")
		}
		address := strings.ToLower(fmt.Sprintf("%s:%d", in.Host, in.Port))
		if in.Port == 0 {
			address += `\` + strings.ToLower(in.Name)
		}
		if addresses[address] && in.Host != "" {
			r.wrong(path+".host", "is a server that has another role already", "one instance per role")
		}
		if labels[strings.ToLower(in.Label)] && in.Host != "" {
			r.wrong(path+".label", "is a label that is taken", "a label of its own")
		}
		addresses[address], labels[strings.ToLower(in.Label)] = true, true
		if !slices.Contains([]CredentialKind{"", LoginSQL, LoginNTLM, LoginKerberos}, in.Credential.Kind) {
			r.wrong(path+".credential", "is no login for SQL Server", "a credential with login sql, ntlm or kerberos")
		}
		r.checkTrust(path, in.Trust)
		if in.Encrypt == EncryptOff && (in.Trust != Trust{} || in.TLSMin != "") {
			r.wrong(path+".encrypt", "is off, so trust and tlsmin mean nothing", "encrypt: login or full, or no trust and tlsmin")
		}
	}
}

func (r *reader) checkTrust(path string, t Trust) {
	if t.Any && (t.CAFile != "" || t.ServerName != "") {
		r.wrong(path+".trust.any", "accepts any certificate, so ca_file and server_name mean nothing", "one or the other")
	}
}

// checkHosts: the authentication of a host and its credential agree.
func (r *reader) checkHosts(s *Site) {
	names := map[string]bool{}
	for i, h := range s.Hosts {
		path := fmt.Sprintf("hosts[%d]", i)
		if h.Credential.Kind == LoginSQL {
			r.wrong(path+".credential", "is a SQL Server login", "a credential with login ntlm, kerberos, basic or certificate")
		} else if h.Credential.Kind != "" && string(h.Auth) != string(h.Credential.Kind) {
			r.wrong(path+".auth", "contradicts the login of its credential", "auth: "+string(h.Credential.Kind)+", or no auth")
		}
		if h.Auth == AuthCertificate && h.Scheme == "http" {
			r.wrong(path+".scheme", "is http, which carries no client certificate", "scheme: https")
		}
		if h.RunAs.Name == "" && h.Credential.Kind != "" && h.Credential.Source == "" {
			r.wrong(path, "lacks run_as, and detached jobs need an account with a password", "run_as: a credential with user and password")
		}
		if h.RunAs.Kind != "" && (h.RunAs.Kind == LoginSQL || h.RunAs.User == "" || h.RunAs.Source == "") {
			r.wrong(path+".run_as", "is no Windows account with a password", "a credential with user and password")
		}
		key := fmt.Sprintf("%s %s", h.Role, strings.ToLower(h.Name))
		if names[key] && h.Host != "" {
			r.wrong(path+".name", "is a second host of that name and role", "each host once")
		}
		names[key] = true
		r.checkTrust(path, h.Trust)
	}
}

// checkPlaces: every data centre that is named has a database server.
func (r *reader) checkPlaces(s *Site) {
	var known []string
	for _, in := range s.Instances {
		if !slices.Contains(known, in.DataCentre) {
			known = append(known, in.DataCentre)
		}
	}
	place := func(path, dc string) {
		if dc != "" && !slices.Contains(known, dc) {
			r.wrong(path, "is a data centre without any instance", "one of "+strings.Join(known, ", "))
		}
	}
	for i, h := range s.Hosts {
		place(fmt.Sprintf("hosts[%d].data_centre", i), h.DataCentre)
	}
	seen := map[string]bool{}
	for i, c := range s.ChatServers {
		place(fmt.Sprintf("chat_servers[%d].data_centre", i), c.DataCentre)
		if seen[strings.ToLower(c.FQDN)] && c.FQDN != "" {
			r.wrong(fmt.Sprintf("chat_servers[%d].fqdn", i), "is there twice", "each chat server once")
		}
		seen[strings.ToLower(c.FQDN)] = true
	}
	for i, l := range s.FastLinks {
		place(fmt.Sprintf("fast_links[%d][0]", i), l[0])
		place(fmt.Sprintf("fast_links[%d][1]", i), l[1])
		if l[0] == l[1] && l[0] != "" {
			r.wrong(fmt.Sprintf("fast_links[%d]", i), "joins a data centre to itself", "two different data centres")
		}
	}
}

func (r *reader) checkIntervals(s *Site) {
	if s.Intervals.Connect > s.Intervals.Answer {
		r.wrong("intervals.connect", "is longer than intervals.answer", "a connection attempt that fits into an answer")
	}
	if s.DeadAfter.Refused < s.DeadAfter.Silent {
		r.wrong("dead_after.refused", "is shorter than dead_after.silent", "more patience with a host that refuses: it lives, and a restart looks like this")
	}
	if s.Intervals.Stale <= s.Intervals.Poll {
		r.wrong("intervals.stale", "is not longer than intervals.poll", "facts that live longer than one poll")
	}
}
