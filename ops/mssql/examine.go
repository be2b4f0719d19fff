package mssql

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/microsoft/go-mssqldb/msdsn"

	"pchatops/ops/doctor"
	"pchatops/ops/fault"
)

// examineText asks for what the status does not tell. Each part stands alone, as
// in the status batch.
const examineText = `SET NOCOUNT ON;
BEGIN TRY
    SELECT N'rights' AS part, SYSTEM_USER AS login,
        HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') AS [VIEW SERVER STATE],
        HAS_PERMS_BY_NAME(NULL, NULL, 'CREATE ANY DATABASE') AS [CREATE ANY DATABASE],
        HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY DATABASE') AS [ALTER ANY DATABASE],
        HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY CONNECTION') AS [ALTER ANY CONNECTION];
END TRY BEGIN CATCH SELECT N'unread' AS part, N'rights' AS name, ERROR_NUMBER() AS number, ERROR_MESSAGE() AS text; END CATCH;
BEGIN TRY
    EXEC sp_executesql N'SELECT N''endpoint'' AS part, e.name, e.state_desc, e.role_desc, e.is_encryption_enabled, e.connection_auth_desc,
            e.encryption_algorithm_desc, t.port
        FROM sys.database_mirroring_endpoints AS e JOIN sys.tcp_endpoints AS t ON t.endpoint_id = e.endpoint_id';
END TRY BEGIN CATCH SELECT N'unread' AS part, N'endpoint' AS name, ERROR_NUMBER() AS number, ERROR_MESSAGE() AS text; END CATCH;
BEGIN TRY
    SELECT N'folders' AS part, CONVERT(nvarchar(260), SERVERPROPERTY('InstanceDefaultDataPath')) AS data,
        CONVERT(nvarchar(260), SERVERPROPERTY('InstanceDefaultLogPath')) AS log,
        (SELECT physical_name FROM sys.master_files WHERE database_id = 3 AND file_id = 1) AS model_data,
        (SELECT physical_name FROM sys.master_files WHERE database_id = 3 AND file_id = 2) AS model_log;
END TRY BEGIN CATCH SELECT N'unread' AS part, N'folders' AS name, ERROR_NUMBER() AS number, ERROR_MESSAGE() AS text; END CATCH;`

const readRights = "ask for rights, endpoint and folders"

// Examine reads what has to hold before a disaster. Nothing is changed. What TLS
// offers is looked at without a login. share and copyFolder are looked at as the
// service of SQL Server sees them; "" leaves them out.
func (s *Server) Examine(ctx context.Context, share, copyFolder string) doctor.Instance {
	i := doctor.Instance{Site: s.instance, Unread: map[string]string{}}
	var both sync.WaitGroup
	both.Go(func() { i.Door = s.door(ctx) })
	s.examine(ctx, &i, share, copyFolder)
	both.Wait()
	return i
}

func (s *Server) examine(ctx context.Context, i *doctor.Instance, share, copyFolder string) {
	i.Login = s.instance.Credential.User
	if err := s.clock(ctx, i); err != nil { // the first request also waits for the login
		i.Err = err
		return
	}
	if i.Facts, i.Err = s.Facts(ctx); i.Err != nil {
		return
	}
	rows, err := s.read(ctx, readRights, examineText)
	if err != nil {
		for _, part := range []string{"rights", "endpoint", "folders"} {
			i.Unread[part] = err.Error()
		}
		return
	}
	folders := examined(i, rows)
	if share != "" {
		folders = append(folders, doctor.Folder{Code: "share", Path: share})
	}
	if copyFolder != "" {
		folders = append(folders, doctor.Folder{Code: "copy-folder", Path: copyFolder})
	}
	i.Folders = s.lookAt(ctx, folders, i.Unread)
}

// clock asks for the time twice: connecting takes its own.
func (s *Server) clock(ctx context.Context, i *doctor.Instance) error {
	var rows []record
	for range 2 {
		var err error
		i.Asked = time.Now()
		if rows, err = s.read(ctx, "ask for the time", "SELECT GETUTCDATE() AS utc"); err != nil {
			return err
		}
		i.Answered = time.Now()
	}
	if len(rows) == 1 {
		i.Clock = rows[0].time("utc")
	}
	return nil
}

// examined takes the rows of the batch.
func examined(i *doctor.Instance, rows []record) (folders []doctor.Folder) {
	told := map[string]bool{"endpoint": true} // there may be none
	for _, r := range rows {
		part := r.text("part")
		told[part] = true
		switch part {
		case "rights":
			i.Login = r.text("login")
			for _, right := range []string{"VIEW SERVER STATE", "CREATE ANY DATABASE", "ALTER ANY DATABASE", "ALTER ANY CONNECTION"} {
				if !r.is(strings.ToLower(right)) {
					i.Lacks = append(i.Lacks, right)
				}
			}
		case "endpoint":
			i.Endpoint = &doctor.Endpoint{
				Name: r.text("name"), State: r.text("state_desc"), Role: r.text("role_desc"), Auth: r.text("connection_auth_desc"),
				Algorithm: r.text("encryption_algorithm_desc"), Port: int(r.int("port", 0)), Encrypted: r.is("is_encryption_enabled"),
			}
		case "folders":
			folders = []doctor.Folder{
				{Code: "data-folder", Path: cmp.Or(r.text("data"), above(r.text("model_data")))},
				{Code: "log-folder", Path: cmp.Or(r.text("log"), above(r.text("model_log")))},
			}
		case "unread":
			told[r.text("name")] = true
			i.Unread[r.text("name")] = fmt.Sprintf("%d %s", r.int("number", 0), r.text("text"))
		}
	}
	for _, part := range []string{"rights", "folders"} {
		if !told[part] {
			i.Unread[part] = "the reply lacks it"
		}
	}
	return folders
}

// above is the folder of a file.
func above(path string) string { return path[:max(0, strings.LastIndex(path, `\`))] }

// lookAt tells which folders are there, each in a request of its own.
func (s *Server) lookAt(ctx context.Context, folders []doctor.Folder, unread map[string]string) []doctor.Folder {
	var all sync.WaitGroup
	errs := make([]error, len(folders))
	for n := range folders {
		f := &folders[n]
		if f.Path == "" {
			errs[n] = errors.New("the server does not tell it")
			continue
		}
		all.Go(func() {
			seen, err := s.Look(ctx, f.Path)
			f.There, errs[n] = seen.Folder, err
		})
	}
	all.Wait()
	for n, err := range errs {
		if err != nil {
			unread[folders[n].Code] = err.Error()
		}
	}
	return folders
}

// errSeen ends a handshake at which there was only something to see.
var errSeen = errors.New("enough was seen")

// door looks at what the server offers over TLS, with the oldest version that it
// may speak, and hangs up before anything of a login is sent.
func (s *Server) door(ctx context.Context) doctor.Door {
	ctx, cancel := context.WithTimeout(ctx, s.gate.connect)
	defer cancel()
	conf, err := driverConfig(s.instance, "", s.gate.connect)
	if err != nil {
		return doctor.Door{Err: s.gate.fault(fault.Config, err.Error(), "correct this instance in the site file", err)}
	}
	d := doctor.Door{Roots: conf.TLSConfig.RootCAs}
	conf.Encryption, conf.TrustServerCertificate = msdsn.EncryptionOff, true
	conf.TLSConfig = conf.TLSConfig.Clone()
	conf.TLSConfig.InsecureSkipVerify = true // nothing is sent to whom it is
	conf.TLSConfig.MinVersion = tls.VersionTLS10
	conf.TLSConfig.VerifyConnection = func(c tls.ConnectionState) error {
		d.Version, d.Chain = c.Version, c.PeerCertificates
		return errSeen
	}
	way := &dialer{host: conf.Host, dial: s.gate.dial}
	stop := context.AfterFunc(ctx, way.expire)
	defer stop()
	_, err = connect(ctx, conf, way)
	way.close()
	switch {
	case d.Version != 0:
	case strings.Contains(fmt.Sprint(err), "server does not support encryption"):
		d.Plain = true
	default:
		d.Err = s.gate.connectFault(ctx, way.outcome(), err)
	}
	return d
}
