package site

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"pchatops/ops/fault"
)

func secretFile(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secrets")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	require.NoError(t, os.Chmod(path, mode))
	return path
}

func TestSecretsAreFoundWhereTheyAreKept(t *testing.T) {
	keyring.MockInit()
	require.NoError(t, keyring.Set("pchatops", "ops", canary))
	require.NoError(t, keyring.Set("pchatops", `LITWARE\ops`, canary))
	t.Setenv("PCHATOPS_TEST_SECRET", canary)
	for name, c := range map[string]Credential{
		"environment":                 {Source: FromEnv, Ref: "PCHATOPS_TEST_SECRET"},
		"whole file":                  {Source: FromFile, Ref: secretFile(t, canary+"\n", 0o600)},
		"entry of a file":             {Source: FromFile, Ref: secretFile(t, "a: b\nsql: "+canary+"\n", 0o400), Key: "sql"},
		"keyring":                     {Source: FromKeyring, Ref: "pchatops", Key: "ops"},
		"keyring under the user name": {Source: FromKeyring, Ref: "pchatops", User: `LITWARE\ops`},
		"command":                     {Source: FromCommand, Ref: `["echo","` + canary + `"]`},
		"arguments meet no shell":     {Source: FromCommand, Ref: `["printf","%s","` + canary + `"]`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := NewSecrets(nil).Resolve(t.Context(), c)
			require.NoError(t, err)
			require.Equal(t, canary, got.Reveal())
		})
	}
}

func TestANumberInASecretsFileStaysAsWritten(t *testing.T) {
	c := Credential{Source: FromFile, Ref: secretFile(t, "pin: 0042\n", 0o600), Key: "pin"}
	got, err := NewSecrets(nil).Resolve(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, "0042", got.Reveal())
}

func TestASecretThatCannotBeHadSaysWhyAndWhatToDo(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	for name, c := range map[string]struct {
		Credential
		want string
	}{
		"variable not set":      {Credential{Source: FromEnv, Ref: "PCHATOPS_TEST_MISSING"}, "is not set"},
		"no such file":          {Credential{Source: FromFile, Ref: filepath.Join(dir, "none")}, "no such file"},
		"a folder":              {Credential{Source: FromFile, Ref: dir}, "is not a regular file"},
		"a device":              {Credential{Source: FromFile, Ref: os.DevNull}, "is not a regular file"},
		"readable by the group": {Credential{Source: FromFile, Ref: secretFile(t, canary, 0o640)}, "mode 0640"},
		"readable by everybody": {Credential{Source: FromFile, Ref: secretFile(t, canary, 0o604)}, "mode 0604"},
		"empty file":            {Credential{Source: FromFile, Ref: secretFile(t, "\n", 0o600)}, "it is empty"},
		"file too large":        {Credential{Source: FromFile, Ref: secretFile(t, strings.Repeat(canary, maxSecret), 0o600)}, "larger than"},
		"entry missing":         {Credential{Source: FromFile, Ref: secretFile(t, "a: "+canary, 0o600), Key: "sql"}, "has no entry sql"},
		"file of another kind":  {Credential{Source: FromFile, Ref: secretFile(t, canary, 0o600), Key: "sql"}, "holds no list"},
		"broken file":           {Credential{Source: FromFile, Ref: secretFile(t, "sql: \"\\q"+canary, 0o600), Key: "sql"}, "holds no list"},
		"keyring item missing":  {Credential{Source: FromKeyring, Ref: "pchatops", Key: "nobody"}, "not found"},
		"command fails":         {Credential{Source: FromCommand, Ref: `["sh","-c","echo ` + canary + `; echo locked >&2; exit 3"]`}, "exit status 3: locked"},
		"no such command":       {Credential{Source: FromCommand, Ref: `["/nowhere/pass"]`}, "/nowhere/pass"},
		"nobody to ask":         {Credential{Source: FromPrompt, Ref: "Password"}, "no terminal"},
		"no reference":          {Credential{}, "refers to no secret"},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.Contains(c.want, "mode") {
				t.Skip("Windows keeps access in lists that the file mode does not show")
			}
			_, err := NewSecrets(nil).Resolve(t.Context(), c.Credential)
			require.True(t, fault.Is(err, fault.Config), "%v", err)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), canary)
		})
	}
}

// A remedy is one for what is wrong: who owns a file that is not there is not.
func TestTheRemedyIsForWhatIsWrongWithTheFileOfSecrets(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		ref, key, do string
	}{
		"no such file":         {filepath.Join(dir, "none"), "", "put the file"},
		"no such folder":       {filepath.Join(dir, "none", "none"), "", "put the file"},
		"empty file":           {secretFile(t, "\n", 0o600), "", "write the secret into"},
		"file too large":       {secretFile(t, strings.Repeat(canary, maxSecret), 0o600), "", "correct the path"},
		"file of another kind": {secretFile(t, canary, 0o600), "sql", "as lines `key: secret`"},
		"entry missing":        {secretFile(t, "a: "+canary, 0o600), "sql", "add a line `sql: secret`"},
	} {
		_, err := NewSecrets(nil).Resolve(t.Context(), Credential{Source: FromFile, Ref: c.ref, Key: c.key})
		require.ErrorContains(t, err, "→ ", name)
		_, do, _ := strings.Cut(err.Error(), "→ ")
		require.Contains(t, do, c.do, name)
		require.NotContains(t, do, "chmod", name)
	}
}

func TestAHangingCommandEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	started := time.Now()
	_, err := NewSecrets(nil).Resolve(ctx, Credential{Source: FromCommand, Ref: `["sh","-c","sleep 60 & wait"]`})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(started), 30*time.Second)
}

// asker answers once; a second question would be one too many.
type asker struct {
	questions []string
	err       error
}

func (a *asker) Ask(_ context.Context, question string) (string, error) {
	a.questions = append(a.questions, question)
	return canary + "\n", a.err
}

func TestTheOperatorIsAskedOnceForAllServers(t *testing.T) {
	a := &asker{}
	s := NewSecrets(a)
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			got, err := s.Resolve(t.Context(), Credential{Source: FromPrompt, Ref: "Password of sa"})
			if err != nil || got.Reveal() != canary {
				t.Errorf("got an answer of %d bytes, error %v", len(got.Reveal()), err)
			}
		})
	}
	all.Wait()
	require.Equal(t, []string{"Password of sa"}, a.questions)
}

func TestEachCredentialOfASiteIsGivenOnce(t *testing.T) {
	estate, err := Load("testdata/litware.yaml")
	require.NoError(t, err)
	var names []string
	for _, c := range estate.Credentials() {
		names = append(names, c.Name)
	}
	require.Equal(t, []string{"sql", "krb", "sql-dc2", "jobs", "basic", "smartcard"}, names)
}

func TestARefusedQuestionIsAskedAgain(t *testing.T) {
	a := &asker{err: errors.New("terminal closed")}
	s := NewSecrets(a)
	c := Credential{Source: FromPrompt, Ref: "Password of sa"}
	_, err := s.Resolve(t.Context(), c)
	require.ErrorContains(t, err, "terminal closed")
	a.err = nil
	got, err := s.Resolve(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, canary, got.Reveal())
}
