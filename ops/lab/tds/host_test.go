package tds

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// instance is a server with one table, a procedure, and a RESTORE that reports
// progress and then waits to be told how to end.
type instance struct {
	mu      sync.Mutex
	logins  []Login
	causes  []error // why statements were cancelled
	closed  int
	release chan struct{}
}

// hosted is a session on the instance.
type hosted struct {
	tsql.Host // what no test uses is not there
	i         *instance
	db        string
}

func (h *hosted) SPID() int        { return 61 }
func (h *hosted) Database() string { return h.db }

func (h *hosted) Use(db string) *tsql.Error {
	if db != "master" && db != "msdb" {
		return &tsql.Error{Number: 911, State: 1, Class: 16, Message: "Database '" + db + "' does not exist."}
	}
	h.db = db
	return nil
}

func (h *hosted) View(_, _, name string) (*tsql.Rows, *tsql.Error, bool) {
	if name != "everything" {
		return nil, nil, false
	}
	return &tsql.Rows{
		Columns: []tsql.Column{
			{Name: "n", Kind: tsql.Int},
			{Name: "big", Kind: tsql.BigInt},
			{Name: "small", Kind: tsql.SmallInt},
			{Name: "tiny", Kind: tsql.TinyInt},
			{Name: "yes", Kind: tsql.Bit},
			{Name: "text", Kind: tsql.NVarChar, Size: 20},
			{Name: "long", Kind: tsql.NVarChar},
			{Name: "at", Kind: tsql.DateTime},
			{Name: "lsn", Kind: tsql.Numeric, Size: 25},
			{Name: "price", Kind: tsql.Numeric, Size: 10, Scale: 2},
			{Name: "id", Kind: tsql.UniqueIdentifier},
			{Name: "bin", Kind: tsql.VarBinary, Size: 8},
			{Name: "longbin", Kind: tsql.VarBinary},
			{Name: "r", Kind: tsql.Real},
			{Name: "f", Kind: tsql.Float},
		},
		Values: [][]any{
			{
				int64(-7), int64(1) << 40, int64(-300), int64(200), true, "Grüße ☃", strings.Repeat("é", 9000), noon.Add(123 * time.Millisecond),
				"1821957000104764400001", "-12.30",
				[16]byte{0x6F, 0x96, 0x19, 0xFF, 15: 1},
				[]byte{1, 2},
				[]byte(strings.Repeat("b", 9000)), 1.5, 2.25,
			},
			make([]any, 15),
		},
	}, nil, true
}

func (h *hosted) Scalar(name string, _ []any) (any, tsql.Kind, *tsql.Error, bool) {
	switch name {
	case "GETDATE":
		return noon, tsql.DateTime, nil, true
	case "@@VERSION":
		return "Microsoft SQL Server 2012", tsql.NVarChar, nil, true
	}
	return nil, 0, nil, false
}

func (h *hosted) HasProc(_, _, name string) bool { return name == "sp_add_things" }

func (h *hosted) Call(_ context.Context, _, _, _ string, args []tsql.Param, s tsql.Sink) (int, []tsql.Param, *tsql.Error) {
	for _, a := range args {
		if a.Name == "@unknown" {
			return 1, nil, &tsql.Error{Number: 8145, State: 1, Class: 16, Message: "@unknown is not a parameter for procedure sp_add_things."}
		}
	}
	s.Message(&tsql.Error{State: 1, Message: fmt.Sprintf("%d things", len(args))})
	s.Rows(&tsql.Rows{Columns: []tsql.Column{{Name: "thing", Kind: tsql.NVarChar, Size: 10}}, Values: [][]any{{"one"}, {"two"}}})
	return 42, []tsql.Param{{Name: "@id", Kind: tsql.UniqueIdentifier, Value: [16]byte{0x11, 0x22}, Output: true}}, nil
}

// Restore reports 50 percent, waits, and reports 100.
func (h *hosted) Restore(ctx context.Context, r tsql.Restore, s tsql.Sink) *tsql.Error {
	if strings.HasSuffix(r.Disks[0], "missing.trn") {
		s.Message(&tsql.Error{Number: 3201, State: 2, Class: 16, Message: "Cannot open backup device '" + r.Disks[0] + "'. Operating system error 2."})
		return &tsql.Error{Number: 3013, State: 1, Class: 16, Message: "RESTORE LOG is terminating abnormally."}
	}
	s.Message(&tsql.Error{Number: 3211, State: 1, Message: "50 percent processed."})
	select {
	case <-h.i.release:
	case <-ctx.Done():
		h.i.mu.Lock()
		defer h.i.mu.Unlock()
		h.i.causes = append(h.i.causes, context.Cause(ctx))
		return &tsql.Error{Number: 3204, State: 1, Class: 16, Message: "The backup or restore was aborted."}
	}
	s.Message(&tsql.Error{Number: 3211, State: 1, Message: "100 percent processed."})
	return nil
}

func (h *hosted) Kill(k tsql.Kill, _ tsql.Sink) *tsql.Error {
	h.i.mu.Lock()
	defer h.i.mu.Unlock()
	h.i.logins[k.SPID].Disconnect()
	return nil
}

func (i *instance) authenticate(_ context.Context, l Login) (tsql.Host, func(), *tsql.Error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if l.Trusted {
		l.Password = "Pa$$wörd"
		l.User = strings.ReplaceAll(l.User, `LITWARE\ops`, "sa")
	}
	if l.User != "sa" || l.Password != "Pa$$wörd" {
		return nil, nil, &tsql.Error{Number: 18456, State: 1, Class: 14, Message: "Login failed for user '" + l.User + "'."}
	}
	i.logins = append(i.logins, l)
	return &hosted{i: i, db: "master"}, func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.closed++
	}, nil
}

// why returns the causes of the statements cancelled so far.
func (i *instance) why() []error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]error{}, i.causes...)
}

// start serves an instance until the test ends and returns its address.
func start(t *testing.T, configure func(*Server)) (*instance, string) {
	t.Helper()
	i := &instance{release: make(chan struct{})}
	s := &Server{Name: `SQL11\RTC`, Version: "11.0.7001.0", TLS: certificate(t), Authenticate: i.authenticate}
	if configure != nil {
		configure(s)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-served)
		i.mu.Lock()
		defer i.mu.Unlock()
		require.Equal(t, len(i.logins), i.closed, "every session that was opened is closed")
	})
	return i, ln.Addr().String()
}

// certificate makes a self-signed one.
func certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "SSL_Self_Signed_Fallback"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
