package mssql

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"pchatops/ops/chain"
)

// What a console does around its statements a script has to do in T-SQL: wait for
// jobs, end sessions, prove how far a database has come. A batch that does not
// do what it is for says so with RAISERROR and leaves by RETURN.

// byHand is the statement as a batch of its own: what is sent, behind its values.
func (s statement) byHand() string {
	switch {
	case s.proc:
	case strings.HasPrefix(s.text, several):
		return s.declared() + guarded(s.text)
	default:
		return s.declared() + s.text
	}
	list := make([]string, len(s.args))
	for i, a := range s.args {
		list[i] = "@" + a.name + " = @" + a.name
	}
	return s.declared() + "DECLARE @rc int;\n" + strings.TrimSpace(checked(s.text, strings.Join(list, ", ")))
}

// several begins a text of several statements.
const several = "SET NOCOUNT ON;"

// guarded ends a batch at the first error of any of its statements: many errors end
// no more than their statement. RESTORE and BACKUP stay outside, because CATCH
// knows the last error only, and theirs does not say why.
func guarded(text string) string {
	return `BEGIN TRY
` + strings.TrimSpace(text) + `
END TRY
BEGIN CATCH
    IF @@TRANCOUNT > 0 ROLLBACK;
    DECLARE @why nvarchar(2048), @number int;
    SELECT @why = ERROR_MESSAGE(), @number = ERROR_NUMBER();
    RAISERROR(N'Error %d: %s', 16, 1, @number, @why);
    RETURN;
END CATCH;`
}

// declared gives the parameters of a statement their values. As variables they
// stand where T-SQL takes no expression, too.
func (s statement) declared() string {
	var b strings.Builder
	for _, a := range s.args {
		var value string
		kind := "nvarchar(4000)"
		switch v := a.value.(type) {
		case int:
			kind, value = "int", strconv.Itoa(v)
		case name:
			kind, value = "nvarchar(128)", expression(string(v))
		default:
			value = expression(fmt.Sprint(v))
		}
		fmt.Fprintf(&b, "DECLARE @%[1]s %[2]s; SET @%[1]s = %[3]s;\n", a.name, kind, value)
	}
	return b.String()
}

// expression makes any text a T-SQL expression that survives every code page, that
// no line of ends a batch, and in which sqlcmd finds no variable.
func expression(s string) string {
	var b strings.Builder
	open := false
	quoted := func(on bool) {
		switch {
		case on == open:
		case !on:
			b.WriteByte('\'')
		case b.Len() > 0:
			b.WriteString(" + N'")
		default:
			b.WriteString("N'")
		}
		open = on
	}
	var before uint16
	for _, c := range utf16.Encode([]rune(s)) {
		switch {
		case c < ' ' || c > '~':
			quoted(false)
			if b.Len() > 0 {
				b.WriteString(" + ")
			}
			fmt.Fprintf(&b, "NCHAR(%d)", c)
		default:
			if before == '$' && c == '(' {
				quoted(false)
			}
			quoted(true)
			if c == '\'' {
				b.WriteByte('\'')
			}
			b.WriteByte(byte(c))
		}
		before = c
	}
	quoted(b.Len() == 0 || open) // "" is N''
	quoted(false)
	return b.String()
}

// Remark makes any text fit for a comment or a message of a script: ASCII in one
// line, in which sqlcmd finds no variable.
func Remark(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ':
			return ' '
		case r > '~':
			return '?'
		}
		return r
	}, s)
	return strings.ReplaceAll(s, "$(", "$ (")
}

// message is a text of RAISERROR, which takes no expression.
func message(s string) string {
	const most = 400 // of the 2,047 that RAISERROR shows
	if s = Remark(s); len(s) > most {
		s = s[:most] + "..."
	}
	return quote(strings.ReplaceAll(s, "%", "%%"))
}

// clearText ends the sessions that hold @database, which RESTORE would trip over:
// each only while it is still the one that was found.
const clearText = `DECLARE @spid int, @program nvarchar(128), @since nvarchar(23), @kill nvarchar(1000), @tries int;
SET @tries = 0;
WHILE @tries < 50
BEGIN
    SET @spid = NULL;
    SELECT TOP (1) @spid = p.spid, @program = p.program_name, @since = CONVERT(nvarchar(23), p.login_time, 121)
    FROM sys.sysprocesses AS p JOIN sys.dm_exec_sessions AS s ON s.session_id = p.spid
    WHERE s.is_user_process = 1 AND p.ecid = 0 AND p.spid <> @@SPID AND (p.dbid = DB_ID(@database) OR EXISTS (
        SELECT 1 FROM sys.dm_tran_locks AS l
        WHERE l.request_session_id = p.spid AND l.resource_type = 'DATABASE' AND l.resource_database_id = DB_ID(@database)))
    ORDER BY p.spid;
    IF @spid IS NULL BREAK;
    SET @kill = N'IF EXISTS (SELECT 1 FROM sys.sysprocesses WHERE spid = ' + CONVERT(nvarchar(11), @spid) + N' AND ecid = 0
    AND program_name = @program AND CONVERT(nvarchar(23), login_time, 121) = @since) KILL ' + CONVERT(nvarchar(11), @spid);
    EXEC sp_executesql @kill, N'@program nvarchar(128), @since nvarchar(23)', @program, @since;
    SET @tries = @tries + 1;
    WAITFOR DELAY '00:00:00.200';
END;
`

// onlineByHand recovers a database that has come to an LSN. In STANDBY the files do
// not tell how far it has come; the last set restored does.
func onlineByHand(st statement, expects chain.LSN) string {
	if expects.IsZero() {
		return `RAISERROR(N'Nobody could say which log backups there are: the database is not recovered. Make the copy folder readable and write this script again.', 16, 1);
RETURN;`
	}
	return st.declared() + `DECLARE @expects numeric(25, 0), @redo numeric(25, 0), @come nvarchar(30);
SET @expects = ` + expects.String() + `;
SELECT @redo = MIN(redo_start_lsn) FROM sys.master_files WHERE database_id = DB_ID(@database);
IF @redo IS NULL
    SELECT TOP (1) @redo = b.last_lsn FROM msdb.dbo.restorehistory AS r
    JOIN msdb.dbo.backupset AS b ON b.backup_set_id = r.backup_set_id
    JOIN sys.databases AS d ON d.name = r.destination_database_name
    WHERE d.name = @database AND d.is_in_standby = 1 AND r.restore_type IN ('D', 'I', 'L')
    ORDER BY r.restore_history_id DESC;
SET @come = ISNULL(CONVERT(nvarchar(30), @redo), N'(unknown)');
IF @redo IS NULL OR @redo < @expects
BEGIN
    RAISERROR(N'The database has come to LSN %s and has to come to ` + expects.String() + ` before it is recovered: copy and apply the log backups that are missing (steps F2 and F3), write this script again and go on with that.', 16, 1, @come);
    RETURN;
END;
` + clearText + st.text
}

// running is whether the Agent carries out the job @id.
const running = `EXISTS (SELECT 1 FROM msdb.dbo.sysjobactivity AS a
    WHERE a.job_id = @id AND a.session_id = (SELECT MAX(session_id) FROM msdb.dbo.syssessions)
        AND a.start_execution_date IS NOT NULL AND a.stop_execution_date IS NULL)`

// agentless counts the looks at which no session of the Agent was there, and
// leaves when that has been so for a minute.
const agentless = `    IF EXISTS (SELECT 1 FROM sys.dm_exec_sessions WHERE program_name LIKE N'SQLAgent%') SET @idle = 0 ELSE SET @idle = @idle + 1;
    IF @idle > 60
    BEGIN
        RAISERROR(N'SQL Server Agent is not running: how the job %s ends is not known.', 16, 1, @job_name);
        RETURN;
    END;
    WAITFOR DELAY '00:00:01';
`

// jobByHand declares what a batch about the job @job_name uses.
func jobByHand(st statement) string {
	return st.declared() + `DECLARE @rc int, @id uniqueidentifier, @before int, @status int, @idle int, @says nvarchar(1000);
SET @idle = 0;
SELECT @id = job_id FROM msdb.dbo.sysjobs WHERE name = @job_name;
`
}

// runByHand starts a job when no run of it is under way, and waits for the end of
// the run that it has started.
func runByHand(st statement) string {
	return jobByHand(st) + guarded(`WHILE `+running+`
BEGIN
`+agentless+`END;
SELECT @before = ISNULL(MAX(instance_id), 0) FROM msdb.dbo.sysjobhistory WHERE job_id = @id AND step_id = 0;
`+checked("msdb.dbo.sp_start_job", "@job_name = @job_name")+`WHILE NOT EXISTS (SELECT 1 FROM msdb.dbo.sysjobhistory WHERE job_id = @id AND step_id = 0 AND instance_id > @before)
BEGIN
`+agentless+`END;
SELECT TOP (1) @status = run_status, @says = message FROM msdb.dbo.sysjobhistory
WHERE job_id = @id AND step_id = 0 AND instance_id > @before ORDER BY instance_id;
IF ISNULL(@status, -1) <> 1
BEGIN
    RAISERROR(N'The job %s has not succeeded (run_status %d): %s', 16, 1, @job_name, @status, @says);
    RETURN;
END;`)
}

// stopByHand stops a job that runs, and waits until it has stopped.
func stopByHand(st statement) string {
	return jobByHand(st) + guarded(`IF `+running+`
`+call("msdb.dbo.sp_stop_job", "@job_name = @job_name")+`;
WHILE `+running+`
BEGIN
`+agentless+`END;`)
}

// killByHand ends the session that was listed. Another one of its number is left
// alone.
func killByHand(st statement, spid int) string {
	return st.declared() + fmt.Sprintf(`IF EXISTS (SELECT 1 FROM sys.sysprocesses WHERE spid = %[1]d AND program_name = @program AND ecid = 0
    AND CONVERT(nvarchar(23), login_time, 121) = @since) KILL %[1]d;`, spid)
}
