package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// picture is where a site stands, without what depends on the time at which it
// got there.
type picture struct {
	truth    world.Truth
	states   map[string]string
	lost     int
	shipping []string
	jobs     []string
}

// picture takes it.
func (g *ground) picture() picture {
	w := g.lab.World()
	p := picture{truth: w.Truth(), states: map[string]string{}, lost: w.Ledger().Lost}
	p.truth.ToCopy, p.truth.ToApply, p.truth.CaughtUp = nil, nil, false // they move with the time
	for _, i := range w.Instances() {
		p.states[i.Name()] = w.StateOf(i.Name())
		if !i.On() {
			continue
		}
		for _, q := range []string{
			"SELECT primary_database, backup_directory, backup_share, backup_retention_period FROM msdb.dbo.log_shipping_primary_databases",
			"SELECT primary_server, primary_database, backup_source_directory, backup_destination_directory FROM msdb.dbo.log_shipping_secondary",
			"SELECT secondary_database, restore_delay, restore_all, restore_mode, disconnect_users FROM msdb.dbo.log_shipping_secondary_databases",
			"SELECT secondary_server, secondary_database FROM msdb.dbo.log_shipping_primary_secondaries",
			"SELECT primary_server, primary_database, backup_threshold, threshold_alert_enabled FROM msdb.dbo.log_shipping_monitor_primary",
			"SELECT secondary_server, secondary_database, restore_threshold, threshold_alert_enabled FROM msdb.dbo.log_shipping_monitor_secondary",
		} {
			p.shipping = append(p.shipping, g.rows(i, q)...)
		}
		p.jobs = append(p.jobs, g.rows(i, "SELECT name, enabled FROM msdb.dbo.sysjobs")...)
	}
	slices.Sort(p.jobs)
	return p
}

// rows asks an instance as its administrator does.
func (g *ground) rows(i *world.Instance, query string) (out []string) {
	host, closed, refused := i.Login(world.LoginRequest{User: world.Operator, Trusted: true, App: "prove", Host: "PROVE", Killed: func() {}})
	if refused != nil {
		require.NoError(g.t, refused)
	}
	defer closed()
	var got rowSink
	tsql.NewSession(host).Batch(context.Background(), query, &got)
	require.NoError(g.t, errors.Join(got.errs...), query)
	for _, r := range got.rows {
		out = append(out, i.Name()+" "+strings.TrimSuffix(fmt.Sprintln(r...), "\n"))
	}
	slices.Sort(out)
	return out
}

// rowSink takes what a query yields.
type rowSink struct {
	rows [][]any
	errs []error
}

func (s *rowSink) Message(e *tsql.Error) {
	if e.Class > 10 {
		s.errs = append(s.errs, e)
	}
}
func (s *rowSink) Rows(r *tsql.Rows) { s.rows = append(s.rows, r.Values...) }
func (s *rowSink) Done(int, bool)    {}
func (s *rowSink) Returned(int)      {}
