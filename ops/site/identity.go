package site

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Identity names the site by what it is and not by what the file calls it: the
// pool, the database, and the servers that are its primary and its secondary.
// Journals carry it, so that an incident is gone on with on its own site only.
func (s *Site) Identity() string {
	parts := []string{s.Mark, s.Pool, s.Database}
	for _, role := range []Role{Primary, Secondary} {
		in, _ := s.Instance(role)
		host := in.FQDN
		if host == "" {
			host = in.Host
		}
		parts = append(parts, host, in.Name)
	}
	sum := sha256.Sum256([]byte(strings.ToLower(strings.Join(parts, "\n"))))
	return hex.EncodeToString(sum[:8])
}
