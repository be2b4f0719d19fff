package scenario

// needed marks a value that a step cannot do without.
const needed = true

// vocabulary is every step with its values. The lab's own test holds it to
// what the lab can do.
var vocabulary = map[string]map[string]bool{
	"access":      {"instance": needed, "service": needed, "folder": needed, "state": needed},
	"account":     {"instance": needed, "service": needed, "name": needed},
	"agent":       {"instance": needed, "on": needed},
	"central":     {"at": false, "backup": false, "state": false},
	"certificate": {"node": needed, "kind": false, "tls": false},
	"clock":       {"advance": needed},
	"console":     {"procedure": needed},
	"copy":        {"count": needed},
	"disk":        {"volume": needed, "full": needed},
	"endpoint":    {"instance": needed, "state": needed, "role": false, "encryption": false, "name": false, "port": false},
	"folder":      {"instance": needed, "there": needed},
	"file": {
		"do": needed, "folder": needed, "name": false, "as": false, "with": false, "who": false, "files": false, "count": false,
		"database": false, "readable": false, "instance": false,
	},
	"setup":     {"host": needed, "without": false, "module": false, "cmdlet": false, "stuck": false, "whatif": false},
	"intrude":   {"instance": needed, "program": needed, "sessions": needed, "returns": needed},
	"job":       {"instance": needed, "name": needed, "do": needed},
	"server":    {"instance": needed, "language": false, "edition": false},
	"jobs":      {"host": needed, "state": needed},
	"login":     {"instance": needed, "name": needed, "password": false, "enabled": false, "sysadmin": false},
	"monitor":   {"instance": needed, "link": needed},
	"network":   {"node": needed, "state": false, "delay": false},
	"partition": {"target": needed, "from": needed, "on": needed},
	"pool":      {"identity": false, "row": false, "mirror-state": false},
	"power":     {"target": needed, "on": needed, "how": false},
	"readers":   {"instance": needed, "clients": needed, "every": false, "program": false, "database": false},
	"release":   {"instance": needed, "version": needed},
	"trait":     {"instance": needed, "zeroing": false, "patched": false, "others": false, "services": false, "domain": false, "paths": false},
	"service":   {"instance": needed, "on": needed},
	"share":     {"state": false, "rate": false},
	"shell":     {"host": needed, "line": needed},
	"skew":      {"target": needed, "by": needed},
	"slow":      {"factor": needed},
	"sql":       {"instance": needed, "text": needed, "file": false},
	"standby":   {},
	"topology":  {"define": false, "mirror": false, "backup": false, "backup-mirror": false, "publish": false, "replicate": false, "bare": false},
	"unship":    {"instance": needed},
	"wait":      {"for": needed},
	"volume":    {"instance": needed, "folder": needed, "free": needed},
}

// Vocabulary names every step that a scenario may take.
func Vocabulary() map[string]map[string]bool { return vocabulary }
