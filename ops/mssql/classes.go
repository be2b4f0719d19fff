package mssql

import "pchatops/ops/fault"

// byClass sorts SQL Server's error numbers. Numbers and not texts, because the
// texts are translated and reworded from version to version.
var byClass = map[fault.Class][]int32{
	fault.Login:        {18450, 18452, 18456, 18458, 18470, 18486, 18487, 18488},
	fault.Permission:   {229, 230, 262, 297, 300, 371, 916, 3110, 4060, 5011, 6102, 14393, 14525, 15247, 15562},
	fault.NotFound:     {208, 911, 2812, 3118, 6101, 6106, 14262},
	fault.InUse:        {924, 3101, 3102, 5064, 5070},
	fault.ChainGap:     {4305, 4312},
	fault.TooOld:       {3120, 4326},
	fault.WrongFork:    {3136, 3141, 3154, 4330},
	fault.Media:        {3132, 3183, 3187, 3189, 3203, 3208, 3231, 3241, 3242, 3243, 3254, 3271, 3279, 33111},
	fault.Disk:         {1101, 1105, 3257, 9002},
	fault.NotSecondary: {32014, 32023},
	fault.Busy:         {921, 922, 952, 1204, 1205, 1222, 3023, 5061, 14258, 17187, 18401, 18461},
	fault.Agent:        {22022},
	fault.Mirroring: {
		954, 955, 956, 1404, 1405, 1407, 1408, 1409, 1410, 1411, 1412, 1416, 1418, 1419, 1422, 1426, 1427,
		1431, 1433, 1439, 1447, 1448, 1453, 1454, 1455, 1456, 1460, 1462, 1464, 1465, 1466, 1467, 1468, 1469,
		1470, 1475, 1477, 1478, 1479, 1488, 3059, 3104,
	},
	fault.State: {
		926, 927, 942, 945, 1834, 3021, 3036, 3117, 3153, 3156, 3159, 3169, 3180, 3441, 3443, 3445, 4208, 4214, 4319, 4323, 4333, 5052, 5069,
		6104, 6107, 14377, 32007, 32009, 32010, 32011, 32012, 32013, 32015, 32017, 32018, 32022, 32024, 32025, 32053,
	},
	fault.Linked: {7202, 7303, 7311, 7314, 7391, 7399, 7411, 7416, 7437, 32054, 32055},
	fault.Access: {3201, 3202, 5133}, // unless the system error in the text says more
}

// classes is byClass the other way round.
var classes = func() map[int32]fault.Class {
	m := map[int32]fault.Class{}
	for class, numbers := range byClass {
		for _, n := range numbers {
			m[n] = class
		}
	}
	return m
}()

// followers only say that the statement failed; the cause came before them.
var followers = map[int32]bool{3013: true, 3041: true, 3119: true, 3634: true, 5069: true}

// remedies by number, where the class says too little.
var remedies = map[int32]string{
	297:   needsState,
	300:   needsState,
	371:   needsState,
	229:   needsSysadmin,
	15247: needsSysadmin,
	3110:  "RESTORE of an existing database needs sysadmin, dbcreator or its owner; db_owner is not enough. Give the login sysadmin",
	4060:  "the login may not use master; enable it, or give it sysadmin",
	6102:  "KILL needs ALTER ANY CONNECTION; give the login sysadmin",
	927:   "the database is being restored, which is normal for a secondary; connect to the one that is online",
	3117:  "the database was recovered, or never restored WITH NORECOVERY: no further log fits; verify the step to see where it stands",
	3153:  "the database is recovered already; verify the step",
	4319:  "an earlier restore was interrupted; run the step again, it repeats the same file",
	3441:  "the undo file of STANDBY is needed and cannot be read: put it back where the server says, readable for the account of its service; without it the secondary must be initialised anew",
	3443:  "the database was changed while it was in STANDBY: no further log fits; it must be initialised anew",
	3445:  "the undo file of STANDBY is another database's: put the right one back where the server says",
	3169:  "the backup comes from a newer version of SQL Server, and nothing restores it here",
	3279:  "the backup set was written with a password, and nothing here has it: put a copy without one beside it",
	33111: "it is encrypted: restore the certificate of that thumbprint, with its private key, into master of this server",
	3187:  "the backup holds no checksums; restore it without CHECKSUM",
	3104:  "see which of the two partners serves the database, and leave it there: a mirror takes no backup, and ending the session would part the two",
	32011: "remove the log shipping secondaries of this primary first",
	32015: "set the recovery model of the database to FULL: in SIMPLE there are no log backups",
	32022: "a job of that name exists and is none of log shipping: rename or delete it, then run the step again",
	32053: "the server has no name of its own (@@SERVERNAME): run sp_addserver there and restart it",
	1834:  "the server has a file of that path in another database: choose another folder, or look whose it is",
	3132:  "the backup was written to several files at once: bring all of them together, then run the step again",
	3231:  "the backup was written to another number of files: bring exactly its own together, then run the step again",
	3156:  "the file cannot lie where it is to go: the error before it says why; create the folder there, or let the account of the SQL Server service write to it",
	5133:  "create the folder that the server names, or let the account of the SQL Server service into it; then run the step again",
	32017: "this edition of SQL Server cannot ship logs",
	5052:  "the state of the database does not permit it; look at the state in the panel",
	9002:  "the transaction log is full; free or add space on its volume",
}

// remedy by class.
var remedy = map[fault.Class]string{
	fault.Login:        "check user and password of this instance's credential and start the console again; it does not try the login a second time, so that the account is not locked out",
	fault.Permission:   needsSysadmin,
	fault.NotFound:     "check name and path as the server sees them",
	fault.InUse:        "end the sessions that hold the database, then run the step again",
	fault.ChainGap:     "an earlier log backup is missing; find it on the backup share, in the copy folder or on the primary, and copy it",
	fault.TooOld:       "this backup is contained in what was restored already; leave it out and go on with the next",
	fault.WrongFork:    "the backup belongs to another database or another recovery path; leave it out, and never force it with REPLACE",
	fault.Media:        "the file is damaged or incomplete; copy it again from the backup share and compare its size",
	fault.Disk:         "free space on the volume that the server names, then run the step again",
	fault.NotSecondary: "log shipping is removed from this database already; verify the step",
	fault.Busy:         "wait a moment and run the step again",
	fault.Agent:        "look whether SQL Server Agent runs on this server, and whether the job does",
	fault.Mirroring:    "look at the mirroring state of both partners",
	fault.Linked:       needsMonitor,
	fault.State:        "read the state again, then decide",
	fault.Access:       "the account of the SQL Server service (not the console's login) must be able to open this path: check share and NTFS permissions",
	fault.Unreachable:  "check that the server runs, and its address and port in the site file",
	fault.Timeout:      "the server takes connections but does not answer in time; look at it and at its load, then try again",
	fault.Lost:         "it is not known whether it took effect: verify the step before anything else",
	fault.Certificate:  "give the server a valid certificate, or name its CA, its name or `any` under `trust` in the site file",
}

const (
	needsSysadmin = "give the console's login the server role sysadmin on this instance"
	needsMonitor  = "this server opens a connection of its own to the monitor server: check the monitor's name in the site file, that it runs, and that the account of SQL Server here may log in there"
	needsState    = "give the console's login VIEW SERVER STATE, or the server role sysadmin, on this instance"
)
