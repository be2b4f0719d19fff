package site

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const canary = "hunter2-canary"

// An operator may write the password where its reference belongs; the message
// about that mistake must not spread it.
func TestAPasswordInTheFileIsNeverShown(t *testing.T) {
	for name, credentials := range map[string]string{
		"as the value":         "{login: sql, user: sa, password: " + canary + "}",
		"quoted":               "{login: sql, user: sa, 'password': '" + canary + "'}",
		"as a key":             "{login: sql, user: sa, password: {" + canary + "}}",
		"as a list":            "{login: sql, user: sa, password: [" + canary + "]}",
		"on a line of its own": "\n    login: sql\n    user: sa\n    password:\n      " + canary,
		"as a block":           "\n    login: sql\n    user: sa\n    password: |\n      " + canary,
		"beside a source":      "\n    login: sql\n    user: sa\n    password:\n      env: A\n      " + canary + ": b",
		"under a wrong key":    "{login: sql, user: sa, pasword: " + canary + "}",
		"before a wrong key":   "{login: sql, password: " + canary + ", users: sa}",
		"as an alias":          "{login: sql, user: sa, password: *" + canary + "}",
		"with a broken escape": `{login: sql, user: sa, password: "\q` + canary + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(sample(t, "minimal.yaml"), "{login: sql, user: sa, password: {env: PCHATOPS_SQL}}", credentials, 1)
			_, err := Parse("site.yaml", []byte(text))
			require.Error(t, err)
			require.NotContains(t, err.Error(), canary)
		})
	}
}

func TestHostileFilesAreRefusedQuickly(t *testing.T) {
	for name, text := range map[string]string{
		"empty":           "",
		"only a comment":  "# nothing\n",
		"a list":          "- name\n",
		"too large":       strings.Repeat("#\n", maxBytes),
		"deep":            strings.Repeat("[", 100_000),
		"not UTF-8":       "name: \xff\xfe\n",
		"terminal escape": "name: \x1b[2J\n",
		"escaped escapes": `credentials: {"a\e[2J": {}, "a\e[2J": {}}` + "\ninstances: [{role: \"\\e\", \"\\e\": 1, credential: \"a\\e[2J\"}]\n",
		"own anchor":      "name: &a {b: *a}\ninstances: &i [*i, *i]\n",
		"alias bomb":      "credentials: &c {a: {login: sql}}\ninstances: [" + strings.Repeat("*c,", 190) + "]\nhosts: [" + strings.Repeat("*c,", 190) + "]\n",
		"many mistakes":   strings.Repeat("a: b\n", 10_000),
		"long lists":      "instances: [" + strings.Repeat("1,", 10_000) + "]\n",
	} {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			_, err := Parse("site.yaml", []byte(text))
			require.Error(t, err)
			require.Less(t, time.Since(started), 30*time.Second)
			require.Less(t, len(err.Error()), 50_000, "the message is bounded")
			require.NotContains(t, err.Error(), "\x1b", "the message is safe on a terminal")
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("name: x\ncredentials: {a: {password: {env: b}}}\ninstances: [{role: primary}]"))
	f.Add([]byte("a: &a [*a]\n---\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse("site.yaml", data)
		if (s == nil) == (err == nil) {
			t.Fatalf("site %v with error %v", s, err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\x1b\x00\x07") {
			t.Fatalf("control characters in %q", err)
		}
	})
}
