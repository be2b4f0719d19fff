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
	primarySiteLost = &situation{
		"primary-site-lost", Critical, "PRIMARY SITE LOST",
		"make sure that the first data centre is down and not merely cut off from here, then fail over", failover,
	}
	allUnreachable = &situation{
		"all-unreachable", Critical, "NOTHING ANSWERS",
		"check the network and name resolution of this machine first", "",
	}
	primaryDownMirrorUp = &situation{
		"primary-down-mirror-up", Critical, "PRIMARY DOWN, MIRROR UP",
		"wait for the automatic failover if there is a witness, else fail over to the mirror (Invoke-CsDatabaseFailover -NewPrincipal Mirror)", "",
	}
	noPrincipal = &situation{
		"no-principal", Critical, "NO LIVE DATABASE",
		"read the state of each instance below; a mirroring failover under way ends by itself within a minute", "",
	}
	driverGone = &situation{
		"driver-gone", Critical, "DRIVER GONE",
		"open the console again (or use verify and run) and verify the step before anything else: only then run it again", "",
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
	chainGap = &situation{
		"chain-gap", Critical, "CHAIN GAP",
		"find the missing log backup (another backup product or a deleted file) and restore it; without it the secondary has to be initialised again", shipPrimary,
	}
)

// What leaves the site with less protection than it should have.
var (
	secondaryOnline = &situation{
		"secondary-online", Warning, "SECONDARY IS LIVE",
		"finish the failover (F5 to F7) if it is not complete; once the first data centre is rebuilt, fail back", failback,
	}
	mirrorTookOver = &situation{
		"mirror-took-over", Warning, "MIRROR TOOK OVER",
		"see why the primary failed; check that the mirror ships its log; go back with Invoke-CsDatabaseFailover -NewPrincipal Primary", shipMirror,
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
	twoLivePrincipals, primarySiteLost, allUnreachable, primaryDownMirrorUp, noPrincipal, driverGone, poolMismatch,
	noActiveServers, databaseSuspect, databaseMissing, chainGap,
	secondaryOnline, mirrorTookOver, secondaryUnreachable, noLogin, nodeUnreachable, notSysadmin, staleFacts,
	noLogShipping, mirrorNotShipping, backupWithoutFile, noBackup, noCopy, noRestore, secondaryBehind,
	mirrorSuspended, mirrorDisconnected, mirrorUnsynchronised, witnessDisconnected, noMirror,
	agentStopped, jobDisabled, jobFailed, shippingDrift, shareUnreachable, poolUnreachable, topologyDiffers, activeElsewhere,
	poolFailedOver, certificateAny,
}
