package site

import (
	"fmt"
	"time"
)

// look notes what is allowed but deserves a look.
func (r *reader) look(s *Site) {
	note := func(path, message, expected string) {
		s.Warnings = append(s.Warnings, r.describe(r.at(path), path+" "+message, expected))
	}
	primary, _ := s.Instance(Primary)
	for i, in := range s.Instances {
		path := fmt.Sprintf("instances[%d]", i)
		switch {
		case in.Role == Secondary && in.DataCentre == primary.DataCentre:
			note(path+".data_centre", "is the data centre of the primary too: a disaster there takes both", "another data centre")
		case in.Role == Mirror && in.DataCentre != primary.DataCentre:
			note(path+".data_centre", "is not the primary's data centre", "the mirror beside the primary")
		}
		if in.Trust.Any {
			note(path+".trust.any", "accepts any certificate, also an attacker's", "ca_file or server_name")
		}
		if in.Encrypt == EncryptOff && in.Credential.Kind == LoginSQL {
			note(path+".encrypt", "is off, so the network can read the password", "encrypt: login or full")
		}
	}
	for i, h := range s.Hosts {
		path := fmt.Sprintf("hosts[%d]", i)
		if h.Trust.Any {
			note(path+".trust.any", "accepts any certificate, also an attacker's", "ca_file or server_name")
		}
		if h.Scheme == "http" && h.Auth == AuthBasic {
			note(path+".scheme", "is http, so the network can read the password", "scheme: https")
		}
	}
	for key, every := range map[string]time.Duration{"copy_every": s.Shipping.CopyEvery, "restore_every": s.Shipping.RestoreEvery} {
		if backup := s.Shipping.BackupEvery; every > 2*backup || backup > 2*every {
			note("log_shipping."+key, "is far from backup_every", "approximately the same as the backup schedule")
		}
	}
	if len(s.HostsOf(Management)) == 0 {
		note("hosts", "has no management host, so the pool can neither be read nor pointed elsewhere", "a host with role: management")
	}
	if len(s.HostsOf(Secondary)) == 0 {
		note("hosts", "has no host for the secondary, so no backup file can be copied", "a host with role: secondary")
	}
	if len(s.ChatServers) == 0 {
		note("chat_servers", "is empty, so active servers cannot be placed", "the chat servers with their data centres")
	}
}
