package site

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What names and paths look like. They end up on screens, in dialogs and in
// requests to servers, so nothing unprintable and nothing unbounded gets in.
var (
	hostName  = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}[A-Za-z0-9_])?)*$`)
	instName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_$#]{0,15}$`)
	plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
	envName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)
	uncPath   = regexp.MustCompile(`^\\\\[^\\/:*?"<>|]+(\\[^\\/:*?"<>|]+)+\\?$`)
	spnName   = regexp.MustCompile(`^[A-Za-z]+(/[A-Za-z0-9._-]+(:[0-9]+)?)?$`)
	drivePath = regexp.MustCompile(`^[A-Za-z]:\\([^\\/:*?"<>|]+\\?)*$`)
)

func isHost(s string) bool {
	if len(s) > 253 {
		return false
	}
	_, err := netip.ParseAddr(s)
	return err == nil || hostName.MatchString(s)
}

func isFQDN(s string) bool     { return isHost(s) && strings.Contains(s, ".") }
func isSPN(s string) bool      { return len(s) <= 300 && spnName.MatchString(s) }
func isInstance(s string) bool { return instName.MatchString(s) }
func isName(s string) bool     { return plainName.MatchString(s) }
func isEnv(s string) bool      { return envName.MatchString(s) }
func isUNC(s string) bool      { return isText(s) && uncPath.MatchString(s) }
func isDrive(s string) bool    { return isText(s) && drivePath.MatchString(s) }
func isFolder(s string) bool   { return isUNC(s) || isDrive(s) }

// isText holds for one printable line of at most 256 characters.
func isText(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= 256 && strings.TrimSpace(s) == s &&
		strings.IndexFunc(s, func(c rune) bool { return !unicode.IsPrint(c) }) < 0
}

// isDatabase holds for a name that SQL Server takes as an identifier.
func isDatabase(s string) bool { return isText(s) && utf8.RuneCountInString(s) <= 128 }
