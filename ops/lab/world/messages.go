package world

import (
	"fmt"

	"pchatops/ops/lab/tsql"
)

// text is a message of sys.messages: its severity and its wording.
type text struct {
	class  uint8
	format string
}

// fail makes the error of a number. A number without wording is a mistake in
// the lab, and says so.
func fail(number int32, args ...any) *tsql.Error {
	t, ok := texts[number]
	if !ok {
		t = text{16, "The lab has no wording for this message."}
	}
	return &tsql.Error{Number: number, State: 1, Class: t.class, Message: fmt.Sprintf(t.format, args...)}
}

// Text is a message of sys.messages.
func (s *Session) Text(number int32) string { return texts[number].format }

// in names the procedure that raised the error.
func in(proc string, e *tsql.Error) *tsql.Error {
	if e != nil && e.Proc == "" {
		e.Proc = proc
	}
	return e
}

// texts are the messages that the lab sends, by number.
var texts = map[int32]text{
	109:   {15, "There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement."},
	207:   {16, "Invalid column name '%s'."},
	241:   {16, "Conversion failed when converting date and/or time from character string."},
	313:   {16, "An insufficient number of arguments were supplied for the procedure or function %s."},
	515:   {16, "Cannot insert the value NULL into column '%s', table '%s'; column does not allow nulls. INSERT fails."},
	155:   {15, "'%s' is not a recognized %s option."},
	201:   {16, "Procedure or function '%s' expects parameter '%s', which was not supplied."},
	208:   {16, "Invalid object name '%s'."},
	229:   {14, "The %s permission was denied on the object '%s', database '%s', schema '%s'."},
	262:   {14, "%s permission denied in database '%s'."},
	297:   {16, "The user does not have permission to perform this action."},
	300:   {14, "VIEW SERVER STATE permission was denied on object 'server', database 'master'."},
	596:   {21, "Cannot continue the execution because the session is in the kill state."},
	911:   {16, "Database '%s' does not exist. Make sure that the name is entered correctly."},
	916:   {14, "The server principal \"%s\" is not able to access the database \"%s\" under the current security context."},
	924:   {14, "Database '%s' is already open and can only have one user at a time."},
	927:   {14, "Database '%s' cannot be opened. It is in the middle of a restore."},
	942:   {14, "Database '%s' cannot be opened because it is offline."},
	952:   {16, "Database '%s' is in transition. Try the statement later."},
	954:   {14, "The database \"%s\" cannot be opened. It is acting as a mirror database."},
	955:   {14, "Database %s is enabled for Database Mirroring, but neither the partner nor witness server instances are available: the database cannot be opened."},
	2627:  {14, "Violation of PRIMARY KEY constraint in a log shipping monitor table. Cannot insert duplicate key."},
	2812:  {16, "Could not find stored procedure '%s'."},
	3701:  {11, "Cannot drop the database '%s', because it does not exist or you do not have permission."},
	3702:  {16, "Cannot drop database \"%s\" because it is currently in use."},
	3708:  {16, "Cannot drop the database '%s' because it is a system database."},
	3743:  {16, "The database '%s' is enabled for database mirroring. Database mirroring must be removed before you drop the database."},
	3906:  {16, "Failed to update database \"%s\" because the database is read-only."},
	4060:  {11, "Cannot open database \"%s\" requested by the login. The login failed."},
	8114:  {16, "Error converting data type %s to %s."},
	8144:  {16, "Procedure or function %s has too many arguments specified."},
	8145:  {16, "%s is not a parameter for procedure %s."},
	2520:  {16, "Could not find database '%s'. The database either does not exist, or was dropped before a statement tried to use it. Verify if the database exists by querying the sys.databases catalog view."},
	2528:  {0, "DBCC execution completed. If DBCC printed error messages, contact your system administrator."},
	15123: {16, "The configuration option '%s' does not exist, or it may be an advanced option."},
	15010: {16, "The database '%s' does not exist. Supply a valid database name. To see available databases, use sys.databases."},
	33111: {16, "Cannot find server %s with thumbprint '%s'."},
	15007: {16, "'%s' is not a valid login or you do not have permission."},
	15025: {16, "The server principal '%s' already exists."},
	15151: {16, "Cannot %s the %s '%s', because it does not exist or you do not have permission."},
	15170: {16, "This login is the owner of %d job(s). You must delete or reassign these jobs before the login can be dropped."},
	15402: {16, "'%s' is not a fixed server role."},
	15405: {16, "Cannot use the special principal '%s'."},
	15434: {16, "Could not drop login '%s' as the user is currently logged in."},
	18470: {14, "Login failed for user '%s'. Reason: The account is disabled."},
	1801:  {16, "Database '%s' already exists. Choose a different database name."},
	5004:  {16, "To use ALTER DATABASE, the database must be in a writable state in which a checkpoint can be executed."},
	5021:  {10, "The database name '%s' has been set."},
	5030:  {16, "The database could not be exclusively locked to perform the operation."},
	945:   {14, "Database '%s' cannot be opened due to inaccessible files or insufficient memory or disk space. See the SQL Server errorlog for details."},
	3441:  {17, "During startup of warm standby database '%s' (database ID %d), its standby file ('%s') was inaccessible to the RESTORE statement. The operating system error was '%s'. Diagnose the operating system error, correct the problem, and retry startup."},
	3445:  {21, "File '%s' is not a valid undo file for database '%s (database ID %d). Verify the file path, and specify the correct file."},
	15247: {16, "User does not have permission to perform this action."},
	17142: {14, "SQL Server service has been paused. No new connections will be allowed."},
	18456: {14, "Login failed for user '%s'."},

	3013: {16, "%s is terminating abnormally."},
	3014: {0, "%s successfully processed %d pages in %.3f seconds (%.3f MB/sec)."},
	3023: {16, "Backup, file manipulation operations (such as ALTER DATABASE ADD FILE) and encryption changes on a database must be serialized. Reissue the statement after the current backup or file manipulation operation is completed."},
	3036: {16, "The database \"%s\" is in warm-standby state (set by executing RESTORE WITH STANDBY) and cannot be backed up until the entire restore sequence is completed."},
	3101: {16, "Exclusive access could not be obtained because the database is in use."},
	3102: {16, "%s cannot process database '%s' because it is in use by this session. It is recommended that the master database be used when performing this operation."},
	3104: {16, "RESTORE cannot operate on database '%s' because it is configured for database mirroring or has joined an availability group. If you intend to restore the database, use ALTER DATABASE to remove mirroring or to remove the database from its availability group."},
	3032: {16, "One or more of the options (%s) are not supported for this statement. Review the documentation for supported options."},
	3108: {16, "To restore the master database, the server must be running in single-user mode."},
	3110: {14, "User does not have permission to RESTORE database '%s'."},
	3117: {16, "The log or differential backup cannot be restored because no files are ready to rollforward."},
	3118: {16, "The database \"%s\" does not exist. RESTORE can only create a database when restoring either a full backup or a file backup of the primary file."},
	3153: {16, "The database is already fully recovered."},
	3154: {16, "The backup set holds a backup of a database other than the existing '%s' database."},
	3159: {16, "The tail of the log for the database \"%s\" has not been backed up. Use BACKUP LOG WITH NORECOVERY to backup the log if it contains work you do not want to lose. Use the WITH REPLACE or WITH STOPAT clause of the RESTORE statement to just overwrite the contents of the log."},
	3169: {16, "The database was backed up on a server running version %s. That version is incompatible with this server, which is running version %s. Either restore the database on a server that supports the backup, or use a backup that is compatible with this server."},
	3183: {16, "RESTORE detected an error on page (%d:%d) in database \"%s\" as read from the backup set."},
	3187: {16, "RESTORE WITH CHECKSUM cannot be specified because the backup set does not contain checksum information."},
	3189: {16, "Damage to the backup set was detected."},
	3201: {16, "Cannot open backup device '%s'. Operating system error %s."},
	3202: {16, "Write on \"%s\" failed: %s"},
	3203: {16, "Read on \"%s\" failed: %s"},
	3204: {16, "The backup or restore was aborted."},
	3211: {0, "%d percent processed."},
	3241: {16, "The media family on device '%s' is incorrectly formed. SQL Server cannot process this media family."},
	3242: {16, "The file on device '%s' is not a valid Microsoft Tape Format backup set."},
	3254: {16, "The volume on device '%s' is empty."},
	3257: {16, "There is insufficient free space on disk volume '%s' to create the database. The database requires %d additional free bytes, while only %d bytes are available."},
	3262: {10, "The backup set on file %d is valid."},
	3132: {16, "The media set has %d media families but only %d are provided. All members must be provided."},
	3205: {16, "Too many backup devices specified for backup or restore; only %d are allowed."},
	3227: {16, "The backup media on \"%s\" is part of media family %d which has already been processed on \"%s\". Ensure that backup devices are correctly specified. For tape devices, ensure that the correct volumes are loaded."},
	3231: {16, "The media loaded on \"%s\" is formatted to support %d media families, but %d media families are expected according to the backup device specification."},
	3256: {16, "The backup set on device '%s' was terminated while it was being created and is incomplete. RESTORE sequence is terminated abnormally."},
	3258: {16, "The volume on the device \"%s\" is not part of the media set that is currently being processed. Ensure that the backup devices are loaded with the correct media."},
	3270: {16, "An internal consistency error has occurred. This error is similar to an assert. Contact technical support for assistance."},
	3279: {16, "Access is denied due to a password failure"},
	3135: {16, "The backup set in file '%s' was created by %s and cannot be used for this restore operation."},
	3147: {16, "Backup and restore operations are not allowed on database tempdb."},
	4035: {0, "Processed %d pages for database '%s', file '%s' on file %d."},
	4038: {16, "Cannot find file ID %d on device '%s'."},
	4208: {16, "The statement %s is not allowed while the recovery model is SIMPLE. Use BACKUP DATABASE or change the recovery model using ALTER DATABASE."},
	4214: {16, "BACKUP LOG cannot be performed because there is no current database backup."},
	4305: {16, "The log in this backup set begins at LSN %s, which is too recent to apply to the database. An earlier log backup that includes LSN %s can be restored."},
	4319: {16, "A previous restore operation was interrupted and did not complete processing on file '%s'. Either restore the backup set that was interrupted or restart the restore sequence."},
	4326: {16, "The log in this backup set terminates at LSN %s, which is too early to apply to the database. A more recent log backup that includes LSN %s can be restored."},
	4330: {16, "This backup set cannot be applied because it is on a recovery path that is inconsistent with the database. The recovery path is the sequence of data and log backups that have brought the database to a particular recovery point."},
	4333: {16, "The database cannot be recovered because the log was not restored."},

	1223: {16, "Cannot release the application lock (Database Principal: 'public', Resource: '%s') because it is not currently held."},
	1205: {13, "Transaction (Process ID %d) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction."},
	1222: {16, "Lock request time out period exceeded."},
	1404: {16, "The command failed because the database mirror is busy. Reissue the command later."},
	1405: {16, "The database \"%s\" is already enabled for database mirroring."},
	1406: {16, "Unable to force service safely. Remove database mirroring and recover database \"%s\" to gain access."},
	1407: {16, "The remote copy of database \"%s\" is not related to the local copy of the database."},
	1408: {16, "The remote copy of database \"%s\" is not recovered far enough to enable database mirroring. You need to apply missing log records to the remote database by restoring log backups from the principal/primary database."},
	1412: {16, "The remote copy of database \"%s\" has not been rolled forward to a point in time that is encompassed in the local copy of the database log."},
	1416: {16, "Database \"%s\" is not configured for database mirroring."},
	1418: {16, "The server network address \"%s\" can not be reached or does not exist. Check the network address name and that the ports for the local and remote endpoints are operational."},
	1422: {16, "The mirror server instance is not caught up to the recent changes to database \"%s\". Unable to fail over."},
	1426: {16, "To issue ALTER DATABASE SET WITNESS, all three server instances must be interconnected, and the mirror database must be caught up. When these conditions are met, reissue the command."},
	1439: {16, "There is currently no witness associated with the database \"%s\"."},
	1443: {10, "Database mirroring has been terminated for database '%s'. This is an informational message only. No user action is required."},
	1447: {16, "ALTER DATABASE \"%s\" command cannot be executed until both partner server instances are up, running, and connected. Start the partner and reissue the command."},
	1455: {16, "The database mirroring service cannot be forced for database \"%s\" because the database is not in the correct state to become the principal database."},
	1464: {16, "Database \"%s\" is not in a recovering state which is required for a mirror database or secondary database. The remote database must be restored using WITH NORECOVERY."},
	1465: {16, "Database \"%s\" is not in full recovery mode on each of the server instances. The full recovery model is required for a database to participate in database mirroring or in an availability group."},
	1468: {16, "The operation cannot be performed on database \"%s\" because it is involved in a database mirroring session or an availability group. Some operations are not allowed on a database that is participating in a database mirroring session or in an availability group."},
	1470: {16, "The alter database for this partner config values may only be initiated on the current principal server for database \"%s\"."},
	1477: {16, "The database mirroring safety level must be FULL to manually failover database \"%s\". Set safety level to FULL and retry."},
	1488: {16, "Database \"%s\" is in single user mode which is incompatible with participating in database mirroring or in an availability group. Set database to multi-user mode, and retry the operation."},
	5011: {14, "User does not have permission to alter database '%s', the database does not exist, or the database is not in a state that allows access checks."},
	5052: {16, "%s is not permitted while a database is in the %s state."},
	5060: {10, "Nonqualified transactions are being rolled back. Estimated rollback completion: %d%%."},
	5064: {16, "Changes to the state or options of database '%s' cannot be made at this time. The database is in single-user mode, and a user is currently connected to it."},
	5069: {16, "%s statement failed."},
	5070: {16, "Database state cannot be changed while other users are using the database '%s'"},
	102:  {15, "Incorrect syntax near '%s'."},

	6101: {16, "Session ID %d is not valid."},
	6102: {14, "User does not have permission to use the KILL statement."},
	6104: {16, "Cannot use KILL to kill your own process."},
	6106: {16, "Process ID %d is not an active process ID."},
	6107: {14, "Only user processes can be killed."},
	6120: {16, "Status report cannot be obtained. Rollback operation for Process ID %d is not in progress."},

	14234: {16, "The specified '%s' is invalid (valid values are returned by %s)."},
	14243: {10, "Job '%s' started successfully."},
	14254: {10, "Job '%s' stopped successfully."},
	14261: {16, "The specified %s ('%s') already exists."},
	14262: {16, "The specified %s ('%s') does not exist."},
	14266: {16, "The specified '%s' is invalid (valid values are: %s)."},
	14294: {16, "Supply either @job_id or @job_name to identify the job."},
	14371: {16, "There are two or more schedules named \"%s\". You must specify %s instead of %s to uniquely identify the schedule."},
	14374: {16, "The specified job '%s' is not attached to the schedule %s ('%s')."},
	14373: {16, "Supply either %s or %s to identify the schedule."},
	14420: {16, "The log shipping primary database %s has backup threshold of %d minutes and has not performed a backup log operation for %d minutes. Check agent log and logshipping monitor information."},
	14421: {16, "The log shipping secondary database %s has restore threshold of %d minutes and is out of sync. No restore was performed for %d minutes. Restored latency is %d minutes. Check agent log and logshipping monitor information."},
	21055: {15, "Invalid value for parameter %s specified for %s."},
	22049: {16, "Error executing extended stored procedure: Invalid Parameter"},
	22001: {16, "%s returned an error: %s"},
	22022: {16, "SQLServerAgent Error: %s"},

	32007: {16, "Database %s is not ONLINE."},
	32008: {10, "Database %s is not ONLINE. The backup job will not be performed until this database is brought online."},
	32009: {16, "A log shipping primary entry already exists for database %s."},
	32010: {16, "Database %s does not exist as log shipping primary."},
	32011: {16, "Primary Database %s has active log shipping secondary database(s). Drop the secondary database(s) first."},
	32012: {16, "Secondary %s.%s already exists for primary %s."},
	32013: {16, "A log shipping entry already exists for secondary database %s."},
	32014: {16, "Database %s does not exist as log shipping secondary."},
	32015: {16, "The primary database %s cannot have SIMPLE recovery for log shipping to work properly."},
	32022: {16, "Cannot add a log shipping job with name %s. A job with same name already exists in the system and this job does not belong to log shipping category."},
	32023: {16, "An entry for primary server %s, primary database %s does not exist on this secondary. Register the primary first."},
	32024: {16, "An entry for primary server %s, primary database %s already exists."},
	32025: {16, "Primary Server %s, Database %s has active log shipping secondary database(s) on the secondary. Drop the secondary database(s) first."},
	32039: {16, "The database '%s' is not being mirrored. No update of the base table was done."},
	32054: {16, "There was an error establishing a link to the remote monitor server."},
	7202:  {11, "Could not find server '%s' in sys.servers. Verify that the correct server name was specified. If necessary, execute the stored procedure sp_addlinkedserver to add the server to sys.servers."},
	7399:  {16, "The OLE DB provider \"SQLNCLI11\" for linked server \"%s\" reported an error. Access denied."},
	7412:  {10, "OLE DB provider \"SQLNCLI11\" for linked server \"%s\" returned message \"Login timeout expired\"."},
	32055: {16, "There was an error configuring the remote monitor server %s."},
	32045: {16, "'%s' must be executed in msdb."},
}
