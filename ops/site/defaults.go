package site

import (
	"path/filepath"
	"time"
)

// fillIn gives everything that the file leaves out its value.
func (s *Site) fillIn() {
	dir := filepath.Dir(s.Path)
	for i := range s.Instances {
		s.Instances[i].fillIn(dir)
	}
	for i := range s.Hosts {
		s.Hosts[i].fillIn(dir)
	}
	s.Intervals.fillIn()
	s.DeadAfter.fillIn()
}

func (i *Instance) fillIn(dir string) {
	if i.Label == "" {
		i.Label = i.ownName()
	}
	if i.FQDN == "" {
		i.FQDN = i.Host
	}
	if i.Encrypt == "" {
		i.Encrypt = EncryptFull
	}
	i.Trust.CAFile = within(dir, i.Trust.CAFile)
	i.Credential.locate(dir)
}

func (h *Host) fillIn(dir string) {
	if h.Name == "" {
		h.Name = short(h.Host)
	}
	if h.Scheme == "" {
		h.Scheme = "https"
	}
	if h.Port == 0 {
		h.Port = map[string]int{"https": 5986, "http": 5985}[h.Scheme]
	}
	if h.Auth == "" {
		h.Auth = Auth(h.Credential.Kind)
	}
	h.Trust.CAFile = within(dir, h.Trust.CAFile)
	h.Credential.locate(dir)
	h.RunAs.locate(dir)
}

// locate lets relative paths start from the site file's folder.
func (c *Credential) locate(dir string) {
	if c.Source == FromFile {
		c.Ref = within(dir, c.Ref)
	}
	c.Config, c.Cache, c.Cert = within(dir, c.Config), within(dir, c.Cache), within(dir, c.Cert)
}

func within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// fillIn keeps the values that were not given in proportion to those that were.
func (i *Intervals) fillIn() {
	unless(&i.Poll, 5*time.Second)
	unless(&i.Answer, 5*time.Second)
	unless(&i.Connect, min(4*time.Second, i.Answer))
	unless(&i.Stale, max(20*time.Second, 4*i.Poll))
	unless(&i.Shell, max(30*time.Second, i.Poll))
	unless(&i.ShellAnswer, 60*time.Second)
	unless(&i.ChatBack, 120*time.Second)
}

// Quiet is the time between two reads over WinRM while nothing moves: each starts
// a PowerShell on a host, and loads the Management Shell.
func (i Intervals) Quiet() time.Duration { return max(5*time.Minute, i.Shell) }

func (d *DeadAfter) fillIn() {
	unless(&d.Silent, 8*time.Second)
	unless(&d.Refused, max(30*time.Second, d.Silent))
	if d.Attempts == 0 {
		d.Attempts = 3
	}
}

func unless(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}
