package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"pchatops/ops/doctor"
	"pchatops/ops/fault"
	"pchatops/ops/mgmt"
	"pchatops/ops/site"
	"pchatops/ops/status"
)

// whatIfPhrase is what has to be typed before cmdlets run with -WhatIf: what heeds it
// changes nothing, and whether they heed it is what is tried.
func whatIfPhrase(s *site.Site) string { return "try the cmdlets of " + s.Name + " with -WhatIf" }

// agreed asks for the phrase on the terminal.
func agreed(cmd *cobra.Command, s *site.Site) error {
	refuse := func(text string) error {
		return &fault.Error{Class: fault.Refused, Tried: "run cmdlets with -WhatIf", Text: text, Do: "run pchatops doctor --whatif on a terminal, and type: " + whatIfPhrase(s)}
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return refuse("there is no terminal to ask on")
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "Cmdlets of F5, F6 and F7 are run with -WhatIf. One that does not heed it changes the pool.\nType: %s\n> ", clean(whatIfPhrase(s))) //nolint:errcheck // stderr is all there is
	typed, err := bufio.NewReader(io.LimitReader(os.Stdin, 1000)).ReadString('\n')
	if err != nil || strings.TrimSpace(typed) != whatIfPhrase(s) {
		return refuse("what was typed is another text")
	}
	return nil
}

// tryWhatIf runs the cmdlets with -WhatIf on the first management host of the
// secondary's data centre that lets it, and compares what is there with what was.
func (e *estate) tryWhatIf(ctx context.Context) []doctor.Check {
	secondary, _ := e.site.Instance(site.Secondary)
	before := e.prober().Look(ctx, longestLook)
	commands := e.whatIfCommands(before)
	var checks []doctor.Check
	if why := doctor.Serving(before); why != "" {
		no := false
		for _, cmdlet := range []string{"Set-CsPersistentChatState", "Set-CsPersistentChatActiveServer"} {
			checks = append(checks, doctor.Check{Type: "check", Node: e.site.Pool, Code: "whatif " + cmdlet, Holds: &no, Seen: "refused: " + why, Do: "try it in the rehearsal, or when nobody chats"})
			commands = slices.DeleteFunc(commands, func(w doctor.WhatIf) bool { return w.Cmdlet == cmdlet })
		}
	}
	hosts := e.site.HostsOf(site.Management)
	slices.SortStableFunc(hosts, func(a, b site.Host) int {
		return cmp.Compare(away(a, secondary), away(b, secondary))
	})
	if len(hosts) == 0 {
		return append(checks, doctor.Check{Type: "check", Node: e.site.Pool, Code: "whatif", Seen: "not read: the site file names no management host"})
	}
	work, cancel := context.WithTimeout(ctx, hostPatience)
	defer cancel()
	for _, h := range hosts {
		host := mgmt.NewHost(h, e.options)
		d := e.examineHost(work, host, h, &mgmt.Turnstile{}, commands)
		host.Close()
		if d.Err != nil && h.Name != hosts[len(hosts)-1].Name {
			continue // nothing was begun there
		}
		checks = append(checks, doctor.Printed(d)...)
		break
	}
	after := e.prober().Look(context.WithoutCancel(ctx), longestLook)
	return append(checks, doctor.Changed(before, after, e.site.Database)...)
}

func away(h site.Host, i site.Instance) int {
	if h.DataCentre == i.DataCentre {
		return 0
	}
	return 1
}

// whatIfCommands are F5, F6 and F7 as they would be sent. A database on the mirror is
// never dropped for them.
func (e *estate) whatIfCommands(s *status.Snapshot) []doctor.WhatIf {
	in, _ := e.site.Instance(site.Secondary)
	state, active := mgmt.FirstIdentities(s.Pool, e.site.Pool)
	servers := []string{}
	for _, c := range e.site.ChatServers {
		if c.DataCentre == in.DataCentre {
			servers = append(servers, c.FQDN)
		}
	}
	mirror := map[string]any{"DatabaseType": "PersistentChat", "SqlServerFqdn": cmp.Or(in.FQDN, in.Host), "FileShare": e.site.ShareOfMirrors()}
	if in.Name != "" {
		mirror["SqlInstanceName"] = in.Name
	}
	return []doctor.WhatIf{
		{Cmdlet: "Set-CsPersistentChatState", Parameters: map[string]any{"Identity": state, "PoolState": "FailedOver"}},
		{Cmdlet: "Set-CsPersistentChatActiveServer", Parameters: map[string]any{"Identity": active, "ActiveServers": map[string]any{"$replace": servers}}},
		{Cmdlet: "Install-CsMirrorDatabase", Parameters: mirror},
	}
}
