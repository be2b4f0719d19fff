package procedures

import (
	"slices"
	"strings"

	"pchatops/ops/site"
	"pchatops/ops/status"
)

// Untold says which of some servers does not tell what it holds, so that nobody can say
// whether a procedure is for it; "": all do.
func Untold(s *status.Snapshot, roles ...site.Role) string {
	for _, r := range roles {
		n := s.Node(r)
		switch {
		case n == nil:
			return "the site has no " + string(r)
		case n.Asked.IsZero():
			return n.Address + " has not been asked yet"
		case !n.Reachable && n.Life.Verdict == status.Dead:
			return n.Address + " is " + n.Word()
		case !n.Reachable:
			return n.Address + " does not tell (" + n.Word() + "), so that is not known"
		case !n.Facts.Sysadmin:
			return "the login is not sysadmin on " + n.Address + ", so what is set up there is not known"
		case slices.ContainsFunc(n.Facts.Unread, func(u string) bool {
			part, _, _ := strings.Cut(u, ": ")
			return slices.Contains(shippingParts, part)
		}):
			return n.Address + " does not tell what log shipping there is, so that is not known"
		}
	}
	return ""
}
