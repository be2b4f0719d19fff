package truth

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// Recordings names the folder that texts are recorded in.
const Recordings = "PCHATOPS_TEXTS"

var recorded sync.Map

// Record keeps the batches of a text that was sent, each once. Values are put
// aside, so that every run keeps the same.
func Record(text string) {
	dir := os.Getenv(Recordings)
	if dir == "" {
		return
	}
	for _, b := range Batches(text) {
		name := Hash(b) + ".sql"
		if _, known := recorded.LoadOrStore(name, true); known {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b), 0o600); err != nil {
			panic(err)
		}
	}
}

// Hash names a text.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%x", sum[:16])
}

var (
	separator = regexp.MustCompile(`(?m)^GO\s*$`)
	remark    = regexp.MustCompile(`(?m)^\s*--.*\n?`)
)

// values are where the console puts what differs from run to run into a text: whole
// numbers into a statement, and all values into a script.
var values = []struct {
	at  *regexp.Regexp
	put string
}{
	{regexp.MustCompile(`0x[0-9a-f]{8,}`), "0x00"},
	{regexp.MustCompile(`(?m)^(DECLARE @\w+ nvarchar\(\d+\); SET @\w+ = ).*$`), "${1}N'x';"},
	{regexp.MustCompile(`(?m)^(DECLARE @\w+ int; SET @\w+ = ).*$`), "${1}0;"},
	{regexp.MustCompile(`(?m)^(IF @phrase\d+ <> ).*$`), "${1}N'x'"},
	{regexp.MustCompile(`(ISNULL\(@@SERVERNAME, N''\) <> ).*`), "${1}N'x'"},
	{regexp.MustCompile(`RAISERROR\(N'(?:Part \d|The beginning|A gate ).*', 16, 1\)`), "RAISERROR(N'x', 16, 1)"},
	{regexp.MustCompile(`N'Complete: all \d+`), "N'Complete: all 0"},
	{regexp.MustCompile(`((?:SET @expects = |has to come to |\bKILL |\bspid = |\bsession_id = |session id |\bFILE = ))\d+`), "${1}0"},
	{regexp.MustCompile(`N'pchatops_file \d+';SELECT \d+ AS pchatops_file;RESTORE LABELONLY FROM DISK = @f\d+;RESTORE HEADERONLY FROM DISK = @f\d+;`), "N'pchatops_file 0';SELECT 0 AS pchatops_file;RESTORE LABELONLY FROM DISK = @f0;RESTORE HEADERONLY FROM DISK = @f0;"},
}

// Batches are those of a text with its values put aside; lines that are then the same
// as the one before stand once.
func Batches(text string) (out []string) {
	for _, b := range separator.Split(text, -1) {
		b = remark.ReplaceAllString(b, "")
		for _, v := range values {
			b = v.at.ReplaceAllString(b, v.put)
		}
		var kept []string
		for line := range strings.SplitSeq(strings.TrimSpace(b), "\n") {
			if len(kept) == 0 || line != kept[len(kept)-1] {
				kept = append(kept, line)
			}
		}
		if b = strings.Join(kept, "\n"); b != "" {
			out = append(out, b+"\n")
		}
	}
	return out
}

func list() string { return filepath.Join(Root(), "ops", "truth", "testdata", "accepted.txt") }

// Accepted are the hashes of the texts that Microsoft's parsers have taken, with what
// each begins with.
func Accepted() (map[string]string, error) {
	raw, err := os.ReadFile(list())
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if hash, what, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			out[hash] = what
		}
	}
	return out, nil
}
