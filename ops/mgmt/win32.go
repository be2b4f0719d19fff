package mgmt

import (
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
	case 86, 1326, 1327, 1331, 1907, 1909:
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
	return fault.Other, "look up the Windows error code on the host (net helpmsg)"
}

// cmdlet gives the class of an error record, and what to do about it.
func cmdlet(e *failure) (fault.Class, string) {
	text := strings.ToLower(e.Message + " " + e.ID + " " + e.Category)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("anonymous logon", "central management store", "0x80072020"):
		return fault.Permission, "the host could not pass the login on to the next server: configure a run-as account for it in the site file"
	case has("file share", "network path", "network name"):
		return fault.Access, "every SQL Server's service account must reach, read and write that share: check the file server and the rights"
	case has("permissiondenied", "securityerror", "access is denied", "unauthorizedaccess"):
		return fault.Permission, "the account needs RTCUniversalServerAdmins and, for mirroring, sysadmin on both SQL Servers"
	case has("commandnotfound"):
		return fault.NotFound, "the module on this host does not know the cmdlet: check product in the site file"
	case has("objectnotfound"):
		return fault.NotFound, "check the name of the pool in the site file against the published topology"
	}
	return fault.Cmdlet, "the words above are the cmdlet's own; correct the cause and run the step again"
}
