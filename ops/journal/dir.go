package journal

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
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

// named is how the ids that NewID makes begin.
var named = regexp.MustCompile(`^\d{8}t\d{6}-\d{3}z-`)

// isNamed reports whether NewID gives such an id to an incident of a site and
// procedure.
func isNamed(id, site, procedure string) bool {
	stamp := named.FindString(id)
	return stamp != "" && id[len(stamp)-1:] == nameOf(site, procedure)
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
