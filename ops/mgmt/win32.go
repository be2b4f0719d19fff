package mgmt

import (
	"slices"
	"strings"

	"pchatops/ops/fault"
)

// win32 gives the class of a Windows error code, and what to do about it.
func win32(code int32) (fault.Class, string) {
	switch code {
	case 2, 3:
		return fault.NotFound, "the file or folder is not there: check share and copy folder in the site file"
	case 5:
		return fault.Access, "give the run-as account the right on the share and on the folder (NTFS)"
	case 32, 33:
		return fault.InUse, "the file is still being written or held open: try again in a minute"
	case 53, 67:
		return fault.Unreachable, "the file server or share does not answer: check its name, the firewall (port 445) and that the server is up"
	case 55, 59, 64, 121, 1231:
		return fault.Unreachable, "the network to the file server was lost: run the step again, finished files are kept"
	case 86, 1317, 1326, 1327, 1328, 1329, 1330, 1331, 1793, 1907, 1909:
		return fault.Login, "check user, password and state of the run-as account; the console does not send a refused password again by itself"
	case 1385:
		return fault.Permission, "grant the run-as account the right to log on as a batch job on this host"
	case 112, 39:
		return fault.Disk, "free space on the volume of the copy folder"
	case 1219:
		return fault.Access, "the host is connected to this server as somebody else: use one account for one file server"
	case 1240, 1396:
		return fault.Access, "the file server refuses the kind of login: check its NTLM policy and, for an alias, its service principal name"
	case 1312:
		return fault.Access, "the host may not store the run-as password: check the policy \"Do not allow storage of passwords and credentials for network authentication\""
	case 80, 183:
		return fault.State, "the file exists already"
	}
	if code == 0 {
		return fault.Other, "the words above are the host's own; see what the console sent there, and whether another version of it is at work"
	}
	return fault.Other, "look up the Windows error code on the host (net helpmsg)"
}

// Numbers that mean the same in every language, whoever says them.
var (
	// logonErrors refuse an account or its password.
	logonErrors = []int32{86, 1317, 1326, 1327, 1328, 1329, 1330, 1331, 1793, 1907, 1909}
	// secondHop is what the next server says to a logon that was not passed on to
	// it: of Windows, and the directory's 8224; of SQL Server.
	secondHop    = []int32{5, 1240, 1312, 1396, 8224}
	secondHopSQL = []int32{4060, 18452, 18456}
	// beyond says that a server behind the host does not answer: of Windows and the
	// directory; of a SQL Server's client, where a number of Windows means the same.
	beyond    = []int32{53, 55, 59, 64, 67, 121, 1231, 1355, 1722, 8250, 10060, 10061, 11001}
	beyondSQL = []int32{-2, -1, 2, 258}
	// sqlRights are what a login of SQL Server lacks.
	sqlRights = []int32{229, 262, 297, 300, 916}
)

// cmdlet gives the class of an error record, and what to do about it. Its numbers,
// id and category decide; its words, which come in any language, only where there
// is nothing else.
func cmdlet(e *failure) (fault.Class, string) {
	text := strings.ToLower(e.Message)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	read, own := e.RunAs != nil, e.RunAs != nil && !*e.RunAs
	silent := slices.Contains(beyond, e.Code) || slices.Contains(beyondSQL, e.SQL) || slices.Contains(beyond, e.SQL)
	refused := slices.Contains(logonErrors, e.Code) || slices.Contains(secondHopSQL, e.SQL)
	unnumbered := e.Code == 0 && e.SQL == 0
	switch {
	case own && (refused || slices.Contains(secondHop, e.Code)), unnumbered && has("anonymous logon"):
		return fault.Permission, "the host could not pass the login on to the next server: configure a run-as account for it in the site file"
	case refused:
		return fault.Login, "check user, password and state of the run-as account (locked, expired, to be changed), and its login on the SQL Server; the console does not send a refused password again by itself"
	case silent && read && e.SQL != 0:
		return fault.Unreachable, "a SQL Server that the cmdlet asks does not answer: it may be the one of the Central Management Store. The host and the backup share have nothing to do with it"
	case silent && read:
		return fault.Unreachable, "a server that the cmdlet asks does not answer: a domain controller, or the SQL Server of the Central Management Store"
	case silent && e.SQL != 0:
		return fault.Cmdlet, "a SQL Server that the cmdlet asks does not answer: the one of the Central Management Store, or one that it changes. See which, and run the step again"
	case silent, unnumbered && !read && has("file share", "network path", "network name"):
		return fault.Access, "every SQL Server's service account must reach, read and write that share: check the file server and the rights"
	case slices.Contains(sqlRights, e.SQL), e.Code == 5, slices.Contains([]string{"PermissionDenied", "SecurityError"}, e.Category),
		strings.Contains(e.ID, "UnauthorizedAccess"), unnumbered && has("access is denied"):
		return fault.Permission, "the account needs RTCUniversalServerAdmins and, for mirroring, sysadmin on both SQL Servers"
	case strings.Contains(e.ID, "CommandNotFound"):
		return fault.NotFound, "the module on this host does not know the cmdlet: check product in the site file"
	case e.Category == "ObjectNotFound":
		return fault.NotFound, "check the name of the pool in the site file against the published topology"
	}
	return fault.Cmdlet, "the words above are the cmdlet's own; correct the cause and run the step again"
}
