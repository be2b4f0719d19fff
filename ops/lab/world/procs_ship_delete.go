package world

import (
	"slices"
	"strings"

	"pchatops/ops/lab/tsql"
)

// shippingDeleteProcs take log shipping away.
var shippingDeleteProcs = map[string]procedure{
	"sp_delete_log_shipping_secondary_database": {home: "master", admin: true, wait: overLink(monitorOfDatabase, deleteSecondaryDatabase), params: params(
		"@secondary_database sysname, @ignoreremotemonitor bit = 0")},
	"sp_delete_log_shipping_secondary_primary": {home: "master", admin: true, wait: overLink(monitorOfSecondary, deleteSecondaryPrimary), params: params(
		"@primary_server sysname, @primary_database sysname, @ignoreremotemonitor bit = 0")},
	"sp_delete_log_shipping_primary_secondary": {home: "master", admin: true, run: deletePrimarySecondary, params: params(
		"@primary_database sysname, @secondary_server sysname, @secondary_database sysname")},
	"sp_delete_log_shipping_primary_database": {home: "master", admin: true, wait: overLink(monitorOfPrimary, deletePrimaryDatabase), params: params(
		"@database sysname, @ignoreremotemonitor bit = 0")},
	"sp_delete_log_shipping_alert_job": {home: "master", admin: true, run: func(c *call) (int, *tsql.Error) {
		c.inst().dropAlertJob()
		return 0, nil
	}},
}

// deleteSecondaryDatabase takes the entry away and, with the last one of its
// primary, the copy and restore jobs too. The database stays as it is.
func deleteSecondaryDatabase(c *call) (int, *tsql.Error) {
	i := c.inst()
	d := i.secondaryDatabase(c.str("@secondary_database"))
	if d == nil {
		return 1, fail(32014, c.str("@secondary_database"))
	}
	d.of.removeDatabase(d)
	if !c.yes("@ignoreremotemonitor") {
		i.forgotten(d.of.monitor, d.of.id)
	}
	if len(d.of.databases) == 0 {
		i.removeSecondary(d.of)
	}
	return 0, nil
}

func deleteSecondaryPrimary(c *call) (int, *tsql.Error) {
	s := c.inst().secondaryOf(c.str("@primary_server"), c.str("@primary_database"))
	switch {
	case s == nil:
		return 1, fail(32023, c.str("@primary_server"), c.str("@primary_database"))
	case len(s.databases) > 0:
		return 1, fail(32025, s.server, s.database)
	}
	c.inst().removeSecondary(s)
	return 0, nil
}

func deletePrimarySecondary(c *call) (int, *tsql.Error) {
	p := c.inst().primaryOf(c.str("@primary_database"))
	if p == nil {
		return 1, fail(32010, c.str("@primary_database"))
	}
	before := len(p.secondaries)
	p.secondaries = slices.DeleteFunc(p.secondaries, func(x shipPair) bool {
		return strings.EqualFold(x.server, c.str("@secondary_server")) && strings.EqualFold(x.database, c.str("@secondary_database"))
	})
	if len(p.secondaries) == before {
		return 1, fail(32014, c.str("@secondary_database"))
	}
	return 0, nil
}

func deletePrimaryDatabase(c *call) (int, *tsql.Error) {
	p := c.inst().primaryOf(c.str("@database"))
	switch {
	case p == nil:
		return 1, fail(32010, c.str("@database"))
	case len(p.secondaries) > 0:
		return 1, fail(32011, p.database)
	}
	c.inst().removePrimary(p)
	if !c.yes("@ignoreremotemonitor") {
		c.inst().forgotten(p.monitor, p.id)
	}
	return 0, nil
}

func (i *Instance) removePrimary(p *shipPrimary) {
	i.deleteJob(p.job)
	i.shipping.primaries = slices.DeleteFunc(i.shipping.primaries, func(x *shipPrimary) bool { return x == p })
	i.forgetAgent(func(d detail) bool { return d.agent == p.id })
}

// removeSecondary takes the copy and restore jobs and what they noted away.
func (i *Instance) removeSecondary(s *shipSecondary) {
	i.deleteJob(s.copyJob)
	i.deleteJob(s.restoreJob)
	i.shipping.secondaries = slices.DeleteFunc(i.shipping.secondaries, func(x *shipSecondary) bool { return x == s })
	i.forgetAgent(func(d detail) bool { return d.agent == s.id })
}

func (s *shipSecondary) removeDatabase(d *shipDatabase) {
	s.databases = slices.DeleteFunc(s.databases, func(x *shipDatabase) bool { return x == d })
}

// forgetAgent deletes what an agent noted, and the alert job when nothing is
// shipped any more.
func (i *Instance) forgetAgent(is func(detail) bool) {
	i.shipping.details = slices.DeleteFunc(i.shipping.details, is)
	i.shipping.errors = slices.DeleteFunc(i.shipping.errors, is)
	i.dropAlertJob()
}

func (i *Instance) dropAlertJob() {
	if i.shipping.alert != nil && len(i.shipping.primaries)+len(i.shipping.secondaries)+len(i.shipping.watched) == 0 {
		i.deleteJob(i.shipping.alert)
		i.shipping.alert = nil
	}
}
