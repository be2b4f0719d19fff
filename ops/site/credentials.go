package site

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// credentials reads the named credentials.
func (r *reader) credentials(into map[string]Credential) take {
	return func(n *yaml.Node, path string) {
		if n = r.follow(n, path); n.Kind != yaml.MappingNode || len(n.Content) == 0 {
			r.problem(n, r.named(path)+" holds no credential", "names, each with a login")
			return
		}
		names := fields{}
		for i := 0; i < len(n.Content) && i < 2*maxList; i += 2 {
			name := n.Content[i].Value
			if !isName(name) {
				r.problem(n.Content[i], "no name for a credential", nameText)
				return
			}
			names[name] = may(func(n *yaml.Node, path string) {
				c := Credential{Name: name}
				r.credential(n, path, &c)
				into[name] = c
			})
		}
		r.mapping(n, path, names)
	}
}

func (r *reader) credential(n *yaml.Node, path string, c *Credential) {
	before := len(r.found)
	r.mapping(n, path, fields{
		"login":     need(word(r, &c.Kind, LoginSQL, LoginNTLM, LoginKerberos, LoginBasic, LoginCert)),
		"user":      may(r.text(&c.User, lineText, isText)),
		"password":  may(r.reference(c)),
		"realm":     may(r.text(&c.Realm, "a Kerberos realm such as LITWAREINC.COM", isHost)),
		"krb5_conf": may(r.text(&c.Config, "the path of a krb5.conf", isText)),
		"cache":     may(r.text(&c.Cache, "the path of a credential cache", isText)),
		"cert":      may(r.text(&c.Cert, "the path of a PEM file", isText)),
	})
	if len(r.found) == before {
		r.complete(r.at(path), c)
	}
}

// reference reads where a password comes from. Nothing of what stands there is
// ever shown: it may be the password itself.
func (r *reader) reference(c *Credential) take {
	return func(n *yaml.Node, path string) {
		r.hidden = true
		defer func() { r.hidden = false }()
		var sources []Source
		from := func(s Source, t take) field {
			return may(func(n *yaml.Node, path string) {
				sources = append(sources, s)
				t(n, path)
			})
		}
		before := len(r.found)
		r.mapping(n, path, fields{
			"env":     from(FromEnv, r.text(&c.Ref, "the name of an environment variable", isEnv)),
			"file":    from(FromFile, r.text(&c.Ref, "the path of a file with mode 0600", isText)),
			"keyring": from(FromKeyring, r.text(&c.Ref, "the service name of a keyring item", isText)),
			"prompt":  from(FromPrompt, r.text(&c.Ref, "the question to ask", isText)),
			"command": from(FromCommand, r.argv(&c.Ref)),
			"key":     may(r.text(&c.Key, "the name of an entry", isText)),
		})
		if len(r.found) > before {
			return
		}
		if len(sources) != 1 {
			r.problem(n, path+" names no source, or more than one",
				"one of command, env, file, keyring, prompt, never the password itself")
			return
		}
		c.Source = sources[0]
		if c.Key != "" && c.Source != FromFile && c.Source != FromKeyring {
			r.problem(n, path+" has a key, which belongs to file and keyring", "no key")
		}
	}
}

// argv reads a command with its arguments; it never passes through a shell.
func (r *reader) argv(ref *string) take {
	return func(n *yaml.Node, path string) {
		var args []string
		r.list(n, path, "program and arguments", func(n *yaml.Node, path string) {
			var a string
			r.text(&a, lineText, isText)(n, path)
			args = append(args, a)
		})
		if len(args) == 0 {
			r.problem(n, path+" is empty", "a list of program and arguments")
			return
		}
		b, _ := json.Marshal(args) // a list of strings always encodes
		*ref = string(b)
	}
}

// complete demands what each way of logging in needs.
func (r *reader) complete(n *yaml.Node, c *Credential) {
	lacks := func(what string, missing bool) {
		if missing {
			r.problem(n, fmt.Sprintf("a credential with login %s lacks %s", c.Kind, what), what)
		}
	}
	switch c.Kind {
	case LoginSQL, LoginNTLM, LoginBasic:
		lacks("a user", c.User == "")
		lacks("a password", c.Source == "")
	case LoginKerberos:
		lacks("a realm", c.Realm == "")
		lacks("a user and a password, or a cache", c.Cache == "" && (c.User == "" || c.Source == ""))
	case LoginCert:
		lacks("a cert", c.Cert == "")
	}
}

// lookUp puts the named credentials in place.
func (r *reader) lookUp(s *Site, creds map[string]Credential) {
	known := "one of " + strings.Join(slices.Sorted(maps.Keys(creds)), ", ")
	find := func(dst *Credential, path string) {
		if dst.Name == "" || len(creds) == 0 {
			return // a problem of its own, told already
		}
		c, ok := creds[dst.Name]
		if !ok {
			r.problem(r.at(path), path+" names no credential of this file", known)
			return
		}
		*dst = c
	}
	for i := range s.Instances {
		find(&s.Instances[i].Credential, fmt.Sprintf("instances[%d].credential", i))
	}
	for i := range s.Hosts {
		find(&s.Hosts[i].Credential, fmt.Sprintf("hosts[%d].credential", i))
		find(&s.Hosts[i].RunAs, fmt.Sprintf("hosts[%d].run_as", i))
	}
}
