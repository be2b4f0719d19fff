package windows

import (
	"context"
	"maps"
	"slices"
	"strings"
)

const rtc = "Microsoft.Rtc.Management."

// local is the switch of the cmdlets that can read the host's own replica.
var local = []string{"LocalStore"}

// cmdlets are the commands that the hosts know.
var cmdlets = []*cmdlet{
	{name: "Get-Date", run: getDate},
	{name: "Import-Module", takes: []string{"Name"}, run: importModule},
	{name: "Get-CsPersistentChatState", class: rtc + "PersistentChat.Cmdlets.GetPersistentChatStateCmdlet", takes: []string{"Identity"}, switches: local, run: getPoolState},
	{
		name: "Get-CsService", class: rtc + "Xds.GetOcsServiceCmdlet", takes: []string{"PoolFqdn"},
		switches: []string{"PersistentChatServer", "PersistentChatDatabase"}, run: getService,
	},
	{name: "Get-CsPool", class: rtc + "Xds.GetPoolCmdlet", takes: []string{"Identity"}, run: getPool},
	{name: "Get-CsTopology", class: rtc + "Xds.GetTopologyCmdlet", switches: []string{"AsXml", "LocalStore"}, run: getTopology},
	{
		name: "Get-CsDatabaseMirrorState", class: rtc + "Deployment.GetDatabaseMirrorStateCmdlet",
		takes: []string{"PoolFqdn", "DatabaseType"}, switches: local, mandatory: []string{"PoolFqdn"}, run: getMirrorState,
	},
	{name: "Get-CsConfigurationStoreLocation", class: rtc + "Xds.GetConfigurationStoreLocationCmdlet", elsewhere: true, run: getStoreLocation},
	{
		name: "Invoke-CsManagementServerFailover", class: rtc + "Xds.InvokeManagementServerFailoverCmdlet", elsewhere: true,
		takes: []string{"BackupSqlServerFqdn", "BackupSqlInstanceName", "BackupMirrorSqlServerFqdn", "BackupMirrorSqlInstanceName"}, mandatory: []string{"BackupSqlServerFqdn"},
		changes: true, asks: true, run: failOverCentral,
	},
	{
		name: "Set-CsPersistentChatState", class: rtc + "PersistentChat.Cmdlets.SetPersistentChatStateCmdlet",
		takes: []string{"Identity", "PoolState"}, mandatory: []string{"Identity"}, changes: true, run: setPoolState,
	},
	{
		name: "Set-CsPersistentChatActiveServer", class: rtc + "PersistentChat.Cmdlets.SetPersistentChatActiveServerCmdlet",
		takes: []string{"Identity", "ActiveServers"}, mandatory: []string{"ActiveServers"}, changes: true, run: setActiveServers,
	},
	{
		name: "Install-CsMirrorDatabase", class: rtc + "Deployment.InstallMirrorDatabaseCmdlet",
		takes:    []string{"DatabaseType", "FileShare", "SqlServerFqdn", "SqlInstanceName", "ExcludeDatabaseList"},
		switches: []string{"DropExistingDatabasesOnMirror"}, mandatory: []string{"DatabaseType", "FileShare", "SqlServerFqdn"},
		changes: true, asks: true, run: installMirror,
	},
	{
		name: "Invoke-CsDatabaseFailover", class: rtc + "Deployment.InvokeDatabaseFailoverCmdlet",
		takes: []string{"PoolFqdn", "DatabaseType", "NewPrincipal"}, switches: local, mandatory: []string{"PoolFqdn", "DatabaseType", "NewPrincipal"},
		changes: true, asks: true, run: failoverDatabase,
	},
}

func getDate(_ context.Context, h *Host, _ arguments, log func(string)) ([]object, error) {
	log("\r\n" + h.now().UTC().Format("Monday, January 2, 2006 3:04:05 PM") + "\r\n")
	return nil, nil
}

func importModule(ctx context.Context, h *Host, a arguments, _ func(string)) ([]object, error) {
	return nil, h.loadModule(ctx, a.text("Name"))
}

func getPoolState(_ context.Context, h *Host, a arguments, _ func(string)) ([]object, error) {
	identity, state := h.Estate.PoolState()
	row := h.Estate.StateRow()
	if asked := a.text("Identity"); asked != "" && (!h.hasOwnRow() || !strings.EqualFold(afterColon(asked), afterColon(identity))) {
		return nil, &CmdletError{
			Message: "Cannot find a Persistent Chat state with the identity \"" + asked + "\".",
			ID:      "ObjectNotFound," + rtc + "PersistentChat.Cmdlets.GetPersistentChatStateCmdlet", Category: "ObjectNotFound",
		}
	}
	return []object{{{"Identity", row}, {"PoolState", state}}}, nil
}

// afterColon is the FQDN in service:fqdn and PersistentChatServer:fqdn.
func afterColon(identity string) string { return identity[strings.LastIndex(identity, ":")+1:] }

func getService(_ context.Context, h *Host, a arguments, _ func(string)) ([]object, error) {
	identity, _ := h.Estate.PoolState()
	stores := h.Estate.Stores()
	if a.flag("PersistentChatDatabase") {
		var all []object
		for _, name := range slices.Sorted(maps.Keys(stores)) {
			s := stores[name]
			all = append(all, object{{"Identity", database(s)}, {"PoolFqdn", s.FQDN}, {"SqlInstanceName", s.Instance}})
		}
		return all, nil
	}
	if !a.flag("PersistentChatServer") {
		return nil, nil // the other services are no part of the lab
	}
	if pool := a.text("PoolFqdn"); pool != "" {
		if err := h.checkPool(pool); err != nil {
			return nil, err
		}
	}
	active, idle := h.Estate.Servers()
	o := object{
		{"Identity", identity},
		{"PoolFqdn", afterColon(identity)},
		{"ActiveServers", "{" + strings.Join(active, ", ") + "}"},
		{"InactiveServers", "{" + strings.Join(idle, ", ") + "}"},
	}
	for _, p := range [][2]string{
		{"PersistentChatDatabase", "primary"},
		{"MirrorPersistentChatDatabase", "mirror"},
		{"BackupPersistentChatDatabase", "backup"},
		{"BackupMirrorPersistentChatDatabase", "backup-mirror"},
	} {
		value := ""
		if s, ok := stores[p[1]]; ok {
			value = database(s)
		}
		o = append(o, [2]string{p[0], value})
	}
	return []object{o}, nil
}

// database is the identity of a store.
func database(s Store) string { return "PersistentChatDatabase:" + s.FQDN }

func getMirrorState(_ context.Context, h *Host, a arguments, _ func(string)) ([]object, error) {
	if err := h.checkPool(a.text("PoolFqdn")); err != nil {
		return nil, err
	}
	var all []object
	for _, r := range h.Estate.MirrorState() {
		all = append(all, object{
			{"DatabaseName", r.Database},
			{"StateOnPrimary", r.StateOnPrimary},
			{"StateOnMirror", r.StateOnMirror},
			{"MirroringStatusOnPrimary", r.StatusOnPrimary},
			{"MirroringStatusOnMirror", r.StatusOnMirror},
		})
	}
	return all, nil
}
