package status

import (
	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// Mistaken says what is wrong with the server that answered at an instance's
// address; nil: nothing. One that bears the name of another instance of the site
// is that one. One that has a name the site file does not know may be the
// instance all the same, as behind an alias: its database tells. Where it has
// none, it does not speak for a primary or a mirror, whose chat may be elsewhere.
func Mistaken(estate *site.Site, in site.Instance, f Facts) *fault.Error {
	if f.ServerName == "" || in.Named(f.ServerName) {
		return nil
	}
	m := &fault.Error{Class: fault.Config, Tried: "read the status", Target: in.Address(), Reach: fault.LoggedIn}
	for _, other := range estate.Instances {
		if other.Role != in.Role && other.Named(f.ServerName) {
			m.Text = "the server at that address calls itself " + f.ServerName + ", which is the " + string(other.Role) + " of the site file"
			m.Do = "correct the address of " + in.Address() + " in the site file"
			return m
		}
	}
	if in.Role != site.Primary && in.Role != site.Mirror || f.Database.Exists {
		return nil
	}
	m.Text = "the server at that address calls itself " + f.ServerName + " and has no " + estate.Database + ": nobody knows whether that is " + in.Address()
	m.Do = "correct the address of " + in.Address() + " in the site file, or, if that is its name, its `label`"
	return m
}
