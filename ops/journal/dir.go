package journal

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"pchatops/ops/fault"
)

const suffix = ".jsonl"

const windowsHost = runtime.GOOS == "windows"

// StateDir gives the folder of the journals: override where it is not empty,
// else pchatops in the user's state folder ($XDG_STATE_HOME, ~/.local/state,
// or %LOCALAPPDATA% on Windows). It makes nothing.
func StateDir(override string) (string, error) {
	if override != "" {
		return filepath.Abs(override)
	}
	base := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(base) && windowsHost {
		base = os.Getenv("LOCALAPPDATA")
	}
	if !filepath.IsAbs(base) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", &fault.Error{
				Class: fault.Config, Tried: "find the folder for journals", Text: err.Error(), Cause: err,
				Do: "set XDG_STATE_HOME or give --state-dir",
			}
		}
		base = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(base, "pchatops"), nil
}

// NewID names a new incident so that names sort by time:
// 20261121t024500-123z-litware-pchat-failover.
func NewID(site, procedure string, at time.Time) string {
	stamp := strings.Replace(at.UTC().Format("20060102t150405.000z"), ".", "-", 1)
	return stamp + nameOf(site, procedure)
}

// stamp is how the ids that NewID makes begin.
var stamp = regexp.MustCompile(`\d{8}t\d{6}-\d{3}z-`)

// isNamed reports whether the file is called as Create calls the journals of a site and
// procedure, and does not say itself that it is another one.
func (i Info) isNamed(site, procedure string) bool {
	at := stamp.FindStringIndex(i.ID)
	return i.renamed == "" && at != nil && at[0] == 0 && i.ID[at[1]-1:] == nameOf(site, procedure) && strings.HasSuffix(i.Path, suffix)
}

// isLike reports whether a file is called as a copy of such a journal may be: something
// stands before or behind its id.
func isLike(name, site, procedure string) bool {
	name = slug(name)
	at := stamp.FindStringIndex(name)
	return at != nil && strings.HasPrefix(name[at[1]-1:], nameOf(site, procedure))
}

// tells reports whether a name is one that NewID gives to incidents of some site and
// one of the procedures.
func tells(id string, procedures []string) bool {
	at := stamp.FindStringIndex(id)
	return validID(id) && at != nil && at[0] == 0 && slices.ContainsFunc(procedures, func(p string) bool { return strings.HasSuffix(id, nameOf("", p)[1:]) })
}

// nameOf ends the ids of a site's incidents.
func nameOf(site, procedure string) string {
	return "-" + short(slug(site)) + "-" + short(slug(procedure))
}

func short(s string) string { return s[:min(len(s), 60)] }

// slug turns everything but letters and digits into hyphens.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name)
}

func validID(id string) bool { return id != "" && len(id) <= 200 && id == slug(id) }
