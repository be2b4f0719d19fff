package lab_test

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
)

// The tests that a driver's own authors run against a SQL Server, run against
// the lab: testdata/go-mssqldb.txt has those that it passes. The others need
// what the lab refuses: tables and procedures of their own, bulk load, parameters
// that are tables, output of other types.
func TestTheDriversOwnTestsPass(t *testing.T) {
	if testing.Short() {
		t.Skip("the driver's own tests take half a minute: not in the short run")
	}
	list, err := os.ReadFile(filepath.Join("testdata", "go-mssqldb.txt"))
	require.NoError(t, err)
	wanted := strings.Fields(string(list))
	program := filepath.Join(t.TempDir(), "driver.test")
	out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", program, "github.com/microsoft/go-mssqldb").CombinedOutput()
	require.NoError(t, err, "%s", out)

	l, err := lab.Start(t.Context(), lab.Options{Scenario: "healthy", Seed: 7, Speed: 1, Dir: t.TempDir()}) // its authors wait for real seconds
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	in := l.Describe().Instances[0]
	address := url.URL{
		Scheme: "sqlserver", User: url.UserPassword(in.User, in.Password), Host: fmt.Sprintf("%s:%d", in.Host, in.Port),
		RawQuery: "database=master&encrypt=disable",
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.v", "-test.timeout", "5m", "-test.run", "^("+strings.Join(wanted, "|")+")$")
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "SQLSERVER_DSN="+address.String())
	out, err = cmd.CombinedOutput()
	said := string(out)
	var fallen []string
	for _, name := range wanted {
		if !strings.Contains(said, "--- PASS: "+name+" ") {
			fallen = append(fallen, name)
		}
	}
	require.Empty(t, fallen, "the lab does not pass any more what it did; %v\n%s", err, said[max(len(said)-20_000, 0):])
}
