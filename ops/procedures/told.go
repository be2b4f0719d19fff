package procedures

import (
	"context"
	"slices"
	"strings"

	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// shippingParts are the parts of a server's status that tell of log shipping.
var shippingParts = []string{"primary", "secondaries", "secondary", "jobs"}

// Shipping reads a server whose log shipping is to be decided about. A part that
// the server did not tell reads like something that is not there, so that is an
// error.
func Shipping(ctx context.Context, label string, read func(context.Context) (status.Facts, error)) (status.Facts, error) {
	f, err := read(ctx)
	if err != nil {
		return f, err
	}
	for _, u := range f.Unread {
		if name, why, _ := strings.Cut(u, ": "); slices.Contains(shippingParts, name) {
			return f, &fault.Error{
				Class: fault.Permission, Tried: "read log shipping (" + name + ")", Target: label, Text: why,
				Do: "give the console's login the server role sysadmin, or try again where something held the tables for a moment",
			}
		}
	}
	return f, nil
}

// Mirrored is what a server says of the mirroring of the database. To a login
// that is no sysadmin the columns read as if there were none.
func Mirrored(label string, f status.Facts) (status.Mirroring, error) {
	if !f.Mirroring.Configured && !f.Sysadmin {
		return f.Mirroring, &fault.Error{
			Class: fault.Permission, Tried: "read sys.database_mirroring", Target: label,
			Text: "the login is not sysadmin, and to others the view reads as if nothing were mirrored",
			Do:   "give the console's login the server role sysadmin",
		}
	}
	return f.Mirroring, nil
}
