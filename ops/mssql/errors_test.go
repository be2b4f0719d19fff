package mssql

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"strconv"
	"syscall"
	"testing"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

var here = &Server{instance: site.Instance{Label: `SQL11\RTC`}, database: "mgc"}

func raisedBy(numbers ...int32) []mssql.Error {
	out := make([]mssql.Error, len(numbers))
	for i, n := range numbers {
		out[i] = mssql.Error{Number: n, Class: 16, Message: "text"}
	}
	return out
}

func TestTheCauseIsFoundAmongTheErrorsOfABatch(t *testing.T) {
	for _, c := range []struct {
		what   string
		errs   []mssql.Error
		number int32
		class  fault.Class
	}{
		{"a gap before RESTORE's own last word", raisedBy(4305, 3013), 4305, fault.ChainGap},
		{"a backup that is too old", raisedBy(4326, 3013), 4326, fault.TooOld},
		{"sessions in the way", raisedBy(3101, 3013), 3101, fault.InUse},
		{"a damaged file", raisedBy(3203, 3013), 3203, fault.Media},
		{"another recovery path", raisedBy(4330, 3013), 4330, fault.WrongFork},
		{"an unknown error in front of a known one", raisedBy(59999, 3101, 3013), 3101, fault.InUse},
		{"an unknown error and a follower", raisedBy(59999, 3013), 59999, fault.Other},
		{"ALTER DATABASE that names its cause", raisedBy(5061, 5069), 5061, fault.Busy},
		{"a follower alone", raisedBy(5069), 5069, fault.State},
		{"no log shipping secondary", raisedBy(32014), 32014, fault.NotSecondary},
		{"no right to remove log shipping", raisedBy(15247), 15247, fault.Permission},
		{"no right to see the server's state", raisedBy(300, 297), 300, fault.Permission},
		{"a stopped Agent", raisedBy(22022), 22022, fault.Agent},
		{"a mirrored database", raisedBy(3104, 3013), 3104, fault.Mirroring},
		{"a deadlock", raisedBy(1205), 1205, fault.Busy},
		{"a folder that is not there", raisedBy(5133, 3156, 3119, 3013), 5133, fault.Access},
		{"a file of another database", raisedBy(1834, 3156, 3119, 3013), 1834, fault.State},
		{"a follower before its cause", raisedBy(3119, 3156, 3013), 3156, fault.State},
		{"a stripe without its members", raisedBy(3132, 3013), 3132, fault.Media},
		{"a stripe of another number", raisedBy(3231, 3013), 3231, fault.Media},
		{"a linked server that is not there", raisedBy(7202), 7202, fault.Linked},
		{"a linked server that refuses", raisedBy(7399), 7399, fault.Linked},
	} {
		t.Run(c.what, func(t *testing.T) {
			var f *fault.Error
			require.ErrorAs(t, here.sqlFault("restore mgc_1.trn", c.errs), &f)
			require.Equal(t, c.number, f.Number)
			require.Equal(t, c.class, f.Class)
			require.Equal(t, `SQL11\RTC`, f.Target)
			require.Equal(t, "restore mgc_1.trn", f.Tried)
			require.NotEmpty(t, f.Do, "an engineer is told what to do")
		})
	}
	require.NoError(t, here.sqlFault("restore", nil))
}

func TestNoErrorNumberHasTwoClasses(t *testing.T) {
	total := 0
	for _, numbers := range byClass {
		total += len(numbers)
	}
	require.Len(t, classes, total)
	for number := range remedies {
		require.Contains(t, classes, number, "a remedy for a number without a class is never shown")
	}
}

func TestTheErrorOfWindowsIsFoundInAnyLanguage(t *testing.T) {
	for _, c := range []struct {
		text  string
		code  int
		class fault.Class
	}{
		{`Cannot open backup device 'E:\LogShip\mgc_1.trn'. Operating system error 2(The system cannot find the file specified.).`, 2, fault.NotFound},
		{`Cannot open backup device '\\FS01\LogShip\mgc (3).trn'. Operating system error 5(Access is denied.).`, 5, fault.Access},
		{`Cannot open backup device '\\FS01\x'. Operating system error 53(The network path was not found.).`, 53, fault.NotFound},
		{`Das Sicherungsmedium "E:\a 2 (1).trn" kann nicht geöffnet werden. Betriebssystemfehler 32 (Der Prozess kann nicht zugreifen).`, 32, fault.InUse},
		{`バックアップ デバイス 'E:\x' を開けません。オペレーティング システム エラー5(アクセスが拒否されました。)。`, 5, fault.Access},
		{`无法打开备份设备 'E:\x'。出现操作系统错误 53（找不到网络路径。）。`, 53, fault.NotFound},
		{`Cannot open backup device 'E:\x'. Operating system error 112(There is not enough space on the disk.).`, 112, fault.Disk},
	} {
		code, ok := systemError(c.text)
		require.True(t, ok, c.text)
		require.Equal(t, c.code, code, c.text)
		class, do := classify(3201, c.text)
		require.Equal(t, c.class, class, c.text)
		require.NotEmpty(t, do)
	}
	class, _ := classify(3201, "Cannot open backup device 'mgc_2(1).trn'.")
	require.Equal(t, fault.Access, class, "without an error of Windows it stays what 3201 mostly is")
}

func TestAReplyThatNeverCameToItsEndProvesNothing(t *testing.T) {
	err := here.lostFault("restore mgc_1.trn", raisedBy(3013), io.ErrUnexpectedEOF)
	require.True(t, fault.Is(err, fault.Lost), err)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestALostReadIsNoUnknownOutcome(t *testing.T) {
	err := here.readFault(context.Background(), "read the status", io.EOF)
	require.True(t, fault.Is(err, fault.Unreachable), err)

	over, cancel := context.WithCancel(context.Background())
	cancel()
	err = here.readFault(over, "read the status", io.EOF)
	require.True(t, fault.Is(err, fault.Timeout), err)

	killed := mssql.Error{Number: 596, Class: 21, Message: "Cannot continue the execution because the session is in the kill state."}
	err = here.readFault(context.Background(), "read the status", killed)
	require.True(t, fault.Is(err, fault.Unreachable), err)
}

func TestTroubleOnTheWayToTheLoginIsExplained(t *testing.T) {
	g := newGate(Config{Instance: site.Instance{Label: `SQL11\RTC`}})
	for _, c := range []struct {
		text  string
		class fault.Class
		do    string
	}{
		{"TLS Handshake failed: tls: failed to parse certificate from server: x509: negative serial number", fault.Certificate, "negative serial number"},
		{"TLS Handshake failed: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time …", fault.Certificate, "expired"},
		{"TLS Handshake failed: tls: failed to verify certificate: x509: certificate is valid for SQL11, not sql11.litwareinc.com", fault.Certificate, "server_name"},
		{"TLS Handshake failed: tls: server selected unsupported protocol version 301", fault.Unreachable, "tlsmin"},
		{"TLS Handshake failed: cannot read handshake packet: EOF", fault.Unreachable, "tlsmin"},
		{"no instance matching 'RTC' returned from host 'sql11'", fault.Unreachable, "port"},
		{"[Root cause: KDC_Error] KDC_Error: … KRB Error: (24) KDC_ERR_PREAUTH_FAILED Pre-authentication information was invalid", fault.Login, "locked out"},
	} {
		var f *fault.Error
		require.ErrorAs(t, g.connectFault(context.Background(), dial{accepted: true}, errors.New(c.text)), &f)
		require.Equal(t, c.class, f.Class, c.text)
		require.Contains(t, f.Do, c.do, c.text)
	}
}

func TestTheGuideToErrorsExplainsEveryClass(t *testing.T) {
	guide, err := os.ReadFile("../../docs/errors.md")
	require.NoError(t, err)
	file, err := parser.ParseFile(token.NewFileSet(), "../fault/fault.go", nil, 0)
	require.NoError(t, err)
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if kind, named := specType(spec, ok); !named || kind != "Class" {
			return true
		}
		class, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		require.Contains(t, string(guide), "\n| `"+class+"` |", "docs/errors.md lacks a class")
		found++
		return true
	})
	require.NotZero(t, found)
}

func specType(spec *ast.ValueSpec, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	name, ok := spec.Type.(*ast.Ident)
	if !ok {
		return "", false
	}
	return name.Name, true
}

func TestTheGuideToSQLServerNamesTheClassesOfItsErrors(t *testing.T) {
	guide, err := os.ReadFile("../../docs/sqlserver.md")
	require.NoError(t, err)
	for class := range byClass {
		require.Contains(t, string(guide), "`"+string(class)+"`")
	}
}

// Whose connection ends in mid-read has reached the right address and port.
func TestAConnectionThatEndsInMidReadSaysThatItWasLoggedIn(t *testing.T) {
	for _, wire := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.EPIPE, syscall.ECONNRESET} {
		var f *fault.Error
		require.ErrorAs(t, here.readFault(t.Context(), "read the status", fmt.Errorf("read tcp: %w", wire)), &f)
		require.Equal(t, fault.Unreachable, f.Class)
		require.Equal(t, fault.LoggedIn, f.Reach)
		require.Equal(t, "the connection ended after the login: read tcp: "+wire.Error(), f.Text)
		require.Contains(t, f.Do, "try again")
		require.NotContains(t, f.Do, "address and port")
	}
}
