package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"pchatops/ops/fault"
	"pchatops/ops/mgmt"
	"pchatops/ops/procedures"
	"pchatops/ops/site"
)

// firstSite is what the operator gives for a first site file; the topology
// tells the rest.
type firstSite struct {
	host, user, password, caFile string
	name, pool                   string
	share, copyFolder            string
}

// initCommand writes a first site file from what is published.
func initCommand(g *global) *cobra.Command {
	var f firstSite
	cmd := &cobra.Command{
		Use: "init --from-topology HOST", Short: "Write a first site file from the published topology", Args: cobra.NoArgs,
		Long: `Write a first site file: pool, SQL Server stores and chat servers as the
published topology has them. HOST is a management host with the Management Shell;
it is only read from. Shares and logins are in no topology, so they are given here.
A file that exists is not overwritten.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.write(cmd, g) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.host, "from-topology", "", "management host to read from, HOST or HOST:PORT (WinRM over HTTPS)")
	flags.StringVar(&f.user, "user", "", `account for the hosts and SQL Servers, DOMAIN\name (NTLM)`)
	flags.StringVar(&f.password, "password-from", "prompt", "where its password is found: prompt, env:NAME, keyring:SERVICE, file:PATH or file:PATH#KEY")
	flags.StringVar(&f.caFile, "ca-file", "", "file (PEM) of the authority that issued the servers' certificates")
	flags.StringVar(&f.name, "name", "", "name of the site (default: first part of the pool's name)")
	flags.StringVar(&f.pool, "pool", "", "Persistent Chat pool, where the topology has several")
	flags.StringVar(&f.share, "share", "", `share that receives the log backups, \\SERVER\SHARE`)
	flags.StringVar(&f.copyFolder, "copy-folder", "", "folder for copied log backups on the secondary")
	for _, needed := range []string{"from-topology", "user", "share", "copy-folder"} {
		_ = cmd.MarkFlagRequired(needed) // the flag is there
	}
	return cmd
}

// write reads the topology and leaves the site file. What the file still lacks
// is said by the same words with which validate would say it.
func (f firstSite) write(cmd *cobra.Command, g *global) error {
	path, err := g.configPath()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return usage("%s exists: name another file with --config", path)
	}
	host, err := f.management()
	if err != nil {
		return err
	}
	product, t, err := published(cmd.Context(), host)
	if err != nil {
		return err
	}
	service, err := f.service(t)
	if err != nil {
		return err
	}
	text, err := f.file(host, product, t, service)
	if err != nil {
		return err
	}
	if err := save(path, text); err != nil {
		return err
	}
	line := map[string]string{"type": "init", "file": path, "pool": service.Pool, "host": host.Name, "topology_sha256": t.SHA256}
	g.out(cmd).line(line, fmt.Sprintf("%s written from the topology of %s: read its first lines, then run pchatops validate", path, host.Name))
	if _, err := site.Parse(path, text); err != nil {
		return &exit{exitUsage, fmt.Errorf("the file is not complete yet: %w", err)}
	}
	return nil
}

// management is the host to read from.
func (f firstSite) management() (site.Host, error) {
	credential, err := f.credential()
	if err != nil {
		return site.Host{}, err
	}
	h := site.Host{
		Role: site.Management, Host: f.host, Port: 5986, Scheme: "https", Auth: site.AuthNTLM,
		Trust: site.Trust{CAFile: f.caFile}, Credential: credential, RunAs: credential,
	}
	if name, port, err := net.SplitHostPort(f.host); err == nil {
		if h.Port, err = strconv.Atoi(port); err != nil {
			return h, usage("%q: the port is no number", f.host)
		}
		h.Host = name
	}
	h.Name = h.Host
	return h, nil
}

// credential turns --password-from into a reference. The password itself is in
// no argument.
func (f firstSite) credential() (site.Credential, error) {
	c := site.Credential{Name: "ops", Kind: site.LoginNTLM, User: f.user}
	source, ref, _ := strings.Cut(f.password, ":")
	c.Source, c.Ref = site.Source(source), ref
	switch c.Source {
	case site.FromPrompt:
		c.Ref = "Password of " + f.user
		return c, nil
	case site.FromFile:
		path, key, _ := strings.Cut(ref, "#")
		abs, err := filepath.Abs(path)
		if err != nil || path == "" {
			return c, usage("--password-from %q: file:PATH or file:PATH#KEY", source)
		}
		c.Ref, c.Key = abs, key
		return c, nil
	case site.FromEnv, site.FromKeyring:
		if ref != "" {
			return c, nil
		}
	default: // a command would need quoting; it can be written into the file
	}
	return c, usage("--password-from: prompt, env:NAME, keyring:SERVICE, file:PATH or file:PATH#KEY")
}

// published asks the host which product it manages, and what is published.
func published(ctx context.Context, h site.Host) (site.Product, procedures.Topology, error) {
	secrets := site.NewSecrets(prompter{})
	o := mgmt.Options{Secret: secrets.Resolve}
	s := &site.Site{Product: site.SfB2015, Hosts: []site.Host{h}}
	hosts := mgmt.NewHosts(s, site.Management, o)
	defer hosts.Close()
	var facts struct {
		Modules []string `json:"modules"`
	}
	if err := hosts.All()[0].Call(ctx, mgmt.HostFacts, struct{}{}, "", &facts); err != nil {
		return "", procedures.Topology{}, err
	}
	switch {
	case slices.Contains(facts.Modules, "SkypeForBusiness"):
	case slices.Contains(facts.Modules, "Lync"):
		s.Product = site.Lync2013
	default:
		return "", procedures.Topology{}, &fault.Error{
			Class: fault.NotFound, Tried: "find the Management Shell", Target: h.Name, Text: "neither module, Lync or SkypeForBusiness, is installed",
			Do: "name a Front End or another host with the Management Shell",
		}
	}
	t, err := mgmt.NewShell(s, hosts, o).Topology(ctx)
	return s.Product, t, err
}

// service is the pool that the file is about.
func (f firstSite) service(t procedures.Topology) (procedures.ChatService, error) {
	var names []string
	for _, s := range t.Services {
		names = append(names, s.Pool)
	}
	if f.pool == "" && len(names) == 1 {
		return t.Services[0], nil
	}
	if s, ok := t.Service(f.pool); ok {
		return s, nil
	}
	if len(names) == 0 {
		return procedures.ChatService{}, usage("the topology has no Persistent Chat pool")
	}
	return procedures.ChatService{}, usage("--pool: the topology has %s", clean(strings.Join(names, ", ")))
}

// save writes a new file, and never over another.
func save(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return &exit{exitUsage, err}
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &exit{exitUsage, err}
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
