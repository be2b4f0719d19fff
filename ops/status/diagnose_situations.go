package status

// situation is a kind of finding. docs/findings.md lists them all.
type situation struct {
	code      string
	severity  Severity
	title     string // a few words, for the panel
	do        string
	procedure string // that remedies it
}

// remediedBy is the same situation where another procedure remedies it.
func (s situation) remediedBy(procedure string) *situation {
	s.procedure = procedure
	return &s
}

// The procedures that remedy situations.
const (
	failover    = "failover"
	failback    = "failback"
	shipPrimary = "ship-primary"
	shipMirror  = "ship-mirror"
	topology    = "topology"
)

// What stops the chat, or would lose it.
var (
	twoLivePrincipals = &situation{
		"two-live-principals", Critical, "TWO LIVE PRINCIPALS",
		"keep the chat servers on one of them and cut the other off before it takes more messages; then decide which one stays", "",
	}
	chatDown = &situation{
		"chat-down", Critical, "CHAT IS DOWN",
		"bring it back where it can be soonest: the primary or its mirror if they live, else the failover", failover,
	}
	primarySiteLost = &situation{
		"primary-site-lost", Critical, "PRIMARY SITE LOST",
		"fail over; a restart, or a data centre that is cut off from both places, would look the same", failover,
	}
	lifeUnknown = &situation{
		"life-unknown", Critical, "NOT KNOWN WHETHER IT LIVES",
		"wait for the verdict, or mend what is missing for one: nothing is failed over from a server that may live", "",
	}
	lifeDisputed = &situation{
		"life-disputed", Critical, "SEEN FROM ONE PLACE ONLY",
		"see why one place reaches it and the other does not: it may serve chat, so mend the way to it before anything else", "",
	}
	allUnreachable = &situation{
		"all-unreachable", Critical, "NOTHING ANSWERS",
		"check the network and name resolution of this machine first", "",
	}
	primaryDownMirrorUp = &situation{
		"primary-down-mirror-up", Critical, "PRIMARY SILENT, MIRROR UP",
		"wait for the automatic failover if there is a witness, else fail over to the mirror (Invoke-CsDatabaseFailover -NewPrincipal Mirror)", "",
	}
	mirrorUnpaired = &situation{
		"mirror-unpaired", Critical, "PRIMARY SILENT, MIRROR UNPAIRED",
		"bring the database back on the mirror: it has no partner any more, and no backup has what it took last; or fail over, which gives that up", failover,
	}
	principalUnseen = &situation{
		"principal-unseen", Critical, "NEWER CHAT IS NOT SEEN",
		"see what serves the database instead: that has the newer chat, and nothing is failed over without it", "",
	}
	noPrincipal = &situation{
		"no-principal", Critical, "NO LIVE DATABASE",
		"read the state of each instance below; a mirroring failover under way ends by itself within a minute", "",
	}
	rightLost = &situation{
		"right-lost", Critical, "RIGHT LOST",
		"wait: once it has been taken back, the step is planned and confirmed anew; if a server stays away, see to it and run the step again", "",
	}
	driverGone = &situation{
		"driver-gone", Critical, "DRIVER GONE",
		"open the console again (or use verify and run) and verify the step before anything else: only then run it again", "",
	}
	journalUnread = &situation{
		"journal-unread", Critical, "JOURNAL UNREAD",
		"it may be the record of an open incident: keep it as evidence, move it out of the folder and start again: the steps are inferred from the servers", "",
	}
	chatNotBack = &situation{
		"chat-not-back", Critical, "CHAT NOT BACK",
		"see to the service on the active chat servers, its account and its way to the new primary; or make other servers active (F7)", "",
	}
	poolMismatch = &situation{
		"pool-mismatch", Critical, "POOL POINTS ELSEWHERE",
		"let the pool state follow the live database: FailedOver for the secondary (F5), Normal for the primary", failover,
	}
	noActiveServers = &situation{
		"no-active-servers", Critical, "NO ACTIVE CHAT SERVER",
		"set the active servers (F7)", failover,
	}
	databaseSuspect = &situation{
		"database-suspect", Critical, "DATABASE UNUSABLE",
		"read the SQL Server error log of the instance for the cause: files, disk or a failed recovery", "",
	}
	databaseMissing = &situation{
		"database-missing", Critical, "DATABASE MISSING",
		"restore it; on the secondary, setting up log shipping with initialisation does", shipPrimary,
	}
	anotherDatabase = &situation{
		"another-database", Critical, "ANOTHER DATABASE",
		"find out who replaced it, and restore a full backup of the one that is shipped: a failover would bring the other one up", shipPrimary,
	}
	chainGap = &situation{
		"chain-gap", Critical, "CHAIN GAP",
		"find the missing log backup (another backup product or a deleted file) and restore it; without it the secondary has to be initialised again", shipPrimary,
	}
)

// What leaves the site with less protection than it should have.
var (
	recoveredReplaced = &situation{
		"recovered-replaced", Critical, "RECOVERED DATABASE REPLACED",
		"find out who replaced it, and what holds the newer chat (its mirror, or a later backup); the failover's F4b asks before chat goes on with what is there", failover,
	}
	restoredCopy = &situation{
		"restored-copy", Warning, "MAY BE AN OLDER COPY",
		"see whether there is newer chat, and what holds it: its mirror, a later backup, or a database under another name", "",
	}
	secondaryOnline = &situation{
		"secondary-online", Warning, "SECONDARY IS LIVE",
		"once the first data centre is rebuilt, fail back", failback,
	}
	secondaryMirrorLive = &situation{
		"secondary-mirror-live", Warning, "SECONDARY'S MIRROR IS LIVE",
		"leave it in service: there is nothing to fail over; to move it back, ALTER DATABASE … SET PARTNER FAILOVER on it, once the two are SYNCHRONIZED", "",
	}
	mirrorTookOver = &situation{
		"mirror-took-over", Warning, "MIRROR TOOK OVER",
		"see why the primary failed; check that the mirror ships its log; go back with Invoke-CsDatabaseFailover -NewPrincipal Primary once the two are SYNCHRONIZED again", shipMirror,
	}
	chatUnknown = &situation{
		"chat-unknown", Warning, "CHAT NOT SEEN",
		"ask somebody who chats; make readable what is named here", "",
	}
	secondaryUnreachable = &situation{
		"secondary-unreachable", Warning, "SECONDARY UNREACHABLE",
		"check the server and the link to its data centre: without it there is nothing to fail over to", "",
	}
	nodeUnreachable = &situation{
		"node-unreachable", Warning, "NO ANSWER",
		"check the server, its SQL Server service and the network to it", "",
	}
	noLogin = &situation{
		"no-login", Warning, "NO LOGIN",
		"correct the credential, the right or the certificate settings, then poll again", "",
	}
	notSysadmin = &situation{
		"not-sysadmin", Warning, "NOT SYSADMIN",
		"give the login the sysadmin role: without it the mirroring columns read as empty and prove nothing", "",
	}
	staleFacts = &situation{
		"stale-facts", Warning, "STALE",
		"poll again; no conclusion is drawn from facts this old", "",
	}
	clockWrong = &situation{
		"clock-wrong", Warning, "CLOCK WRONG",
		"let every server take its time from the domain; ages that rest on a clock that is or was wrong are not known until a backup is written, copied and restored anew", "",
	}
	noLogShipping = &situation{
		"no-log-shipping", Warning, "NOT SHIPPED",
		"set up log shipping: on the primary with ship-primary, on the mirror with ship-mirror", shipPrimary,
	}
	mirrorNotShipping = &situation{
		"mirror-not-shipping", Warning, "MIRROR WOULD NOT SHIP",
		"set log shipping up for the mirror too (ship-mirror)", shipMirror,
	}
	backupWithoutFile = &situation{
		"backup-without-file", Warning, "BACKUP WITHOUT FILE",
		"read the history of the backup job: it reports success without writing where the database is no principal or not in FULL recovery", "",
	}
	noBackup = &situation{
		"no-backup", Warning, "NO BACKUP",
		"check the backup job, the Agent and the space on the backup share", "",
	}
	noCopy = &situation{
		"no-copy", Warning, "NO COPY",
		"check the copy job on the secondary and the Agent account's right to read the backup share", "",
	}
	noRestore = &situation{
		"no-restore", Warning, "NO RESTORE",
		"check the restore job on the secondary", "",
	}
	secondaryBehind = &situation{
		"secondary-behind", Warning, "SECONDARY BEHIND",
		"see whether the copy and restore jobs are slow or run too seldom", "",
	}
	mirrorSuspended = &situation{
		"mirror-suspended", Warning, "MIRROR SUSPENDED",
		"see why (disk, error on the mirror), then ALTER DATABASE … SET PARTNER RESUME on the principal", "",
	}
	mirrorDisconnected = &situation{
		"mirror-disconnected", Warning, "MIRROR DISCONNECTED",
		"check the mirror server and the mirroring endpoints on both sides", "",
	}
	mirrorUnsynchronised = &situation{
		"mirror-unsynchronised", Warning, "MIRROR NOT SYNCHRONISED",
		"wait until it has caught up; a failover to it now would lose chat", "",
	}
	witnessDisconnected = &situation{
		"witness-disconnected", Warning, "WITNESS DISCONNECTED",
		"check the witness server: without it there is no automatic failover", "",
	}
	noMirror = &situation{
		"no-mirror", Warning, "NO MIRROR",
		"establish the mirror (Install-CsMirrorDatabase; F6 after a failover)", failover,
	}
	agentStopped = &situation{
		"agent-stopped", Warning, "AGENT STOPPED",
		"start SQL Server Agent on the server: no log shipping job runs without it", "",
	}
	jobDisabled = &situation{
		"job-disabled", Warning, "JOB DISABLED",
		"enable the job again, unless somebody keeps it disabled for a reason", "",
	}
	jobFailed = &situation{
		"job-failed", Warning, "JOB FAILED",
		"read the job's message and history on the server", "",
	}
	shippingDrift = &situation{
		"shipping-drift", Warning, "LOG SHIPPING DIFFERS",
		"see what was changed and why, then change the site file, or run the procedure again: it changes what differs", shipPrimary,
	}
	shareUnreachable = &situation{
		"share-unreachable", Warning, "SHARE UNREACHABLE",
		"check the file server; in a failover only the backups already copied can be applied", "",
	}
	backupsInDoubt = &situation{
		"backups-in-doubt", Warning, "BACKUPS IN DOUBT",
		"let the account of SQL Server on the secondary read them, or put intact copies into the copy folder: what they hold may be lost in a failover", "",
	}
	oldPath = &situation{
		"old-path-backups", Warning, "LOG OF THE OLD PRIMARY",
		"stop the backup job of the old primary before anything is set up again; the summary of the failover names what it left behind", "",
	}
	poolUnreachable = &situation{
		"pool-unreachable", Warning, "POOL STATE UNKNOWN",
		"check the management hosts: without one the pool cannot be pointed at another database", "",
	}
	topologyDiffers = &situation{
		"topology-differs", Warning, "TOPOLOGY DIFFERS",
		"correct the stores in Topology Builder and publish, or correct the site file", topology,
	}
	activeElsewhere = &situation{
		"active-servers-elsewhere", Warning, "ACTIVE SERVERS FAR AWAY",
		"set the active servers to those of the live database's data centre (F7)", failover,
	}
)

// What is worth knowing.
var (
	strangeFile = &situation{
		"strange-file", Info, "FILE THAT CANNOT BE OPENED",
		"see which system wrote it; if it is a log backup, give it a name that Windows takes", "",
	}
	poolFailedOver = &situation{
		"pool-failed-over", Info, "FAILED OVER",
		"nothing at once; fail back when the first data centre has been rebuilt", failback,
	}
	certificateAny = &situation{
		"certificate-any", Info, "ANY CERTIFICATE",
		"name the issuing authority (ca_file) in the site file, so that nobody can stand between", "",
	}
)

// situations are all of them, from the most to the least severe.
var situations = []*situation{
	rightLost, driverGone, chatNotBack, twoLivePrincipals, primarySiteLost, lifeDisputed, lifeUnknown, chatDown, allUnreachable, primaryDownMirrorUp, mirrorUnpaired, principalUnseen, noPrincipal, poolMismatch,
	noActiveServers, databaseSuspect, databaseMissing, anotherDatabase, recoveredReplaced, chainGap, journalUnread,
	restoredCopy, secondaryOnline, secondaryMirrorLive, mirrorTookOver, chatUnknown, secondaryUnreachable, noLogin, nodeUnreachable, notSysadmin, staleFacts, clockWrong,
	noLogShipping, mirrorNotShipping, backupWithoutFile, noBackup, noCopy, noRestore, secondaryBehind,
	mirrorSuspended, mirrorDisconnected, mirrorUnsynchronised, witnessDisconnected, noMirror,
	agentStopped, jobDisabled, jobFailed, shippingDrift, shareUnreachable, backupsInDoubt, oldPath, poolUnreachable, topologyDiffers, activeElsewhere,
	poolFailedOver, strangeFile, certificateAny,
}
