package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab"
	"pchatops/ops/lab/world"
)

// misfit is one thing that is wrong at a site, and the check that is to name it.
type misfit struct {
	change func(t testing.TB, l *lab.Lab)
	node   string
	code   string
	known  bool // it does not hold; else it is not known
	says   []string
}

// faulty puts a fault of the lab's control port into a site.
func faulty(do string, pairs ...string) func(testing.TB, *lab.Lab) {
	with := map[string]string{}
	for _, p := range pairs {
		k, v, _ := strings.Cut(p, "=")
		with[k] = v
	}
	return func(t testing.TB, l *lab.Lab) { ctl(t, l, do, with) }
}

// edited changes the site file.
func edited(from, to string) func(testing.TB, *lab.Lab) {
	return func(t testing.TB, l *lab.Lab) { edit(t, l.Describe().Config, from, to) }
}

const atSQL11, atSQL12 = `instance=SQL11\RTC`, `instance=SQL12\RTC`

// sqlMisfits are single misconfigurations of SQL Server instances.
var sqlMisfits = map[string]misfit{
	"SQL Server is stopped":       {faulty("service", atSQL12, "on=false"), `SQL12\RTC`, "connect", true, []string{"SQL Server service"}},
	"the machine has no power":    {faulty("power", "target=SQL12", "on=false", "how=refused"), `SQL12\RTC`, "connect", true, []string{"unreachable"}},
	"it accepts and is silent":    {faulty("network", `node=SQL12\RTC`, "state=hang"), `SQL12\RTC`, "connect", true, []string{"does not answer"}},
	"its port is another one's":   {wrongPort, `SQL12\RTC`, "connect", true, []string{"unreachable"}},
	"the password is wrong":       {wrongPassword, `SQL11\RTC`, "login", true, []string{"18456", "Login failed", "user and password"}},
	"the login is disabled":       {faulty("login", atSQL12, "name=sa", "enabled=false"), `SQL12\RTC`, "login", true, []string{"18470", "disabled"}},
	"the login is no sysadmin":    {asWatcher, `SQL11\RTC`, "rights", true, []string{"watcher is no sysadmin", "VIEW SERVER STATE", "ADD MEMBER [watcher]"}},
	"the Agent is stopped":        {faulty("agent", atSQL11, "on=false"), `SQL11\RTC`, "agent", true, []string{"stopped", "start the service"}},
	"the Agent is nobody's":       {faulty("account", atSQL12, "service=agent", "name=LocalSystem"), `SQL12\RTC`, "agent", false, []string{"LocalSystem", "domain account"}},
	"the endpoint is stopped":     {faulty("endpoint", atSQL12, "state=STOPPED"), `SQL12\RTC`, "endpoint", true, []string{"STATE = STARTED"}},
	"the endpoint is a witness's": {faulty("endpoint", atSQL12, "state=STARTED", "role=WITNESS"), `SQL12\RTC`, "endpoint", true, []string{"ROLE = ALL"}},
	"endpoints disagree":          {faulty("endpoint", atSQL12, "state=STARTED", "encryption=false"), `SQL12\RTC`, "endpoint", true, []string{`SQL11\RTC`, "ENCRYPTION"}},
	"the primary has none":        {faulty("endpoint", `instance=SQL01\RTC`, "state=none"), `SQL01\RTC`, "endpoint", true, []string{"CREATE ENDPOINT"}},
	"the certificate is SHA-1":    {faulty("certificate", `node=SQL11\RTC`, "kind=sha1"), `SQL11\RTC`, "certificate", true, []string{"SHA1, which counts no more", "ca_file, naming a PEM file of this very certificate"}},
	"the certificate expired":     {faulty("certificate", `node=SQL11\RTC`, "kind=expired"), `SQL11\RTC`, "certificate", true, []string{"it has expired", "trust: any"}},
	"the certificate is early":    {faulty("certificate", `node=SQL11\RTC`, "kind=early"), `SQL11\RTC`, "certificate", true, []string{"valid only from"}},
	"the name is another":         {faulty("certificate", `node=SQL11\RTC`, "kind=other-name"), `SQL11\RTC`, "certificate", true, []string{"another name than 127.0.0.1", "server_name: old-name.litwareinc.com"}},
	"the certificate is nameless": {faulty("certificate", `node=SQL11\RTC`, "kind=no-name"), `SQL11\RTC`, "certificate", true, []string{"no subject alternative name", "trust: any"}},
	"its issuer is unknown":       {faulty("certificate", `node=SQL11\RTC`, "kind=foreign"), `SQL11\RTC`, "certificate", true, []string{"who issued it is not trusted", "ca_file, naming a PEM file of this very certificate"}},
	"it speaks TLS 1.0 only":      {faulty("certificate", `node=SQL11\RTC`, "tls=1.0"), `SQL11\RTC`, "tls", true, []string{"nothing newer than TLS 1.0", `tlsmin: "1.0"`}},
	"the clock is wrong":          {faulty("skew", "target=SQL11", "by=2h"), `SQL11\RTC`, "clock", true, []string{"2h0m", "ahead of", "w32tm"}},
	"the clock is behind":         {faulty("skew", "target=SQL01", "by=-10m"), `SQL01\RTC`, "clock", true, []string{"10m", "behind"}},
	"it is an older release":      {faulty("release", atSQL11, "version=2008r2"), `SQL11\RTC`, "version", true, []string{"10.50", "older than", "11.0"}},
	"no folder for data":          {faulty("folder", atSQL12, "there=false"), `SQL12\RTC`, "data-folder", true, []string{`E:\SQLData`, "svc-sql"}},
	"the share is shut to it":     {faulty("access", atSQL11, "service=engine", "folder=share", "state=denied"), `SQL11\RTC`, "share", true, []string{`\\FS01\LogShip`, "svc-sql"}},
	"the copy folder is shut":     {faulty("access", atSQL11, "service=engine", "folder=copy", "state=denied"), `SQL11\RTC`, "copy-folder", true, []string{`E:\LogShip`}},
	"the file server is away":     {faulty("share", "state=offline"), `SQL01\RTC`, "share", true, []string{`\\FS01\LogShip`}},
	"the share is misspelt":       {edited(`backup_share: \\FS01\LogShip`, `backup_share: \\FS01\LogShipp`), `SQL11\RTC`, "share", true, []string{`LogShipp`}},
	"mgc is online in dc2":        {faulty("sql", atSQL11, "text=RESTORE DATABASE mgc WITH RECOVERY"), `SQL11\RTC`, "database", true, []string{"ONLINE", "initialise log shipping anew"}},
	"a leftover lies in F6's way": {leftover, `SQL12\RTC`, "database", true, []string{"leftover", "F6"}},
}

// hostMisfits are single misconfigurations of Windows hosts and of the accounts of
// jobs.
var hostMisfits = map[string]misfit{
	"WinRM is off":                  {faulty("network", "node=FE11", "state=down"), "FE11", "winrm", true, []string{"unreachable", "WinRM"}},
	"the host is silent":            {faulty("network", "node=FE11", "state=hang"), "FE11", "winrm", true, []string{"timeout"}},
	"the host's certificate":        {faulty("certificate", "node=FE11", "kind=expired"), "FE11", "winrm", true, []string{"certificate", "renew"}},
	"the host's password":           {hostPassword, "FE01", "winrm", true, []string{"login", "user and password"}},
	"run-as is unknown":             {runAs(""), "FE11", "job", true, []string{"1326", "svc-jobs"}},
	"run-as is locked":              {runAs("locked"), "FE11", "job", true, []string{"1909", "locked", "unlocked"}},
	"run-as is disabled":            {runAs("disabled"), "FE11", "job", true, []string{"1331", "enabled"}},
	"run-as has expired":            {runAs("expired"), "FE11", "job", true, []string{"1793", "end date"}},
	"run-as has an old password":    {runAs("password-expired"), "FE11", "job", true, []string{"1330", "set a new one"}},
	"run-as must change":            {runAs("must-change"), "FE11", "job", true, []string{"1907", "clear that mark"}},
	"run-as is in no RTC group":     {faulty("setup", "host=FE11", "without=RTCUniversalServerAdmins"), "FE11", "groups", true, []string{"RTCUniversalServerAdmins", "Add-ADGroupMember"}},
	"the module is missing":         {faulty("setup", "host=FE11", "module=absent"), "FE11", "module", true, []string{"Lync", "install the Management Shell"}},
	"F7's cmdlet is another":        {faulty("setup", "host=FE11", "cmdlet=Set-CsPersistentChatActiveServer/ActiveServers"), "FE11", "Set-CsPersistentChatActiveServer", true, []string{"no parameter ActiveServers", "by hand"}},
	"F5's cmdlet is missing":        {faulty("setup", "host=FE11", "cmdlet=Set-CsPersistentChatState/"), "FE11", "Set-CsPersistentChatState", true, []string{"no such cmdlet"}},
	"F6's cmdlet lacks a parameter": {faulty("setup", "host=FE11", "cmdlet=Install-CsMirrorDatabase/FileShare"), "FE11", "Install-CsMirrorDatabase", true, []string{"no parameter FileShare"}},
	"the copy folder is shut":       {faulty("access", "instance=SQL11", "service=shell", "folder=copy", "state=denied"), "SQL11", "copy-folder", true, []string{"5 Access is denied", "NTFS"}},
	"the copy folder is read-only":  {faulty("access", "instance=SQL11", "service=shell", "folder=copy", "state=read-only"), "SQL11", "copy-folder", true, []string{"5 Access is denied", "NTFS"}},
	"the volume is full":            {faulty("disk", "volume=SQL11", "full=true"), "SQL11", "copy-folder", true, []string{"112", "free space"}},
	"the share is full":             {faulty("disk", "volume=share", "full=true"), "FE11", "mirror-share", true, []string{"112", "free space"}},
	"the share is shut to jobs":     {faulty("access", "instance=FE11", "service=shell", "folder=share", "state=denied"), "FE11", "mirror-share", true, []string{"5 Access is denied"}},
	"the file server is unreached":  {faulty("access", "instance=SQL11", "service=shell", "folder=share", "state=unreachable"), "SQL11", "share", true, []string{"53", "does not reach the file server"}},
	"the file server knows nobody":  {faulty("access", "instance=SQL11", "service=shell", "folder=share", "state=no-logon"), "SQL11", "share", true, []string{"1326", "domain trust"}},
	"jobs have no SQL login":        {faulty("login", atSQL12, `name=LITWARE\ops`, "enabled=false"), "FE11", `sql sql12.litwareinc.com\RTC`, true, []string{"18470", "CREATE LOGIN"}},
	"jobs are no sysadmin":          {faulty("login", atSQL11, `name=LITWARE\ops`, "sysadmin=false"), "FE11", `sql sql11.litwareinc.com\RTC`, true, []string{"no sysadmin", "sp_addsrvrolemember"}},
	"the host's answers are cut":    {faulty("host", "target=FE11", "output=cut"), "FE11", "winrm", false, []string{"answer"}},
}

// oddOutputs are hosts whose answers are odd: doctor reads them, or says that it cannot.
var oddOutputs = []string{"autorun", "flood", "behind", "cut", "doubled", "utf-16", "oem"}

func hostPassword(t testing.TB, l *lab.Lab) {
	edit(t, l.Path("secrets.yaml"), "ops: ", "ops: Canary-4711-")
}

// runAs gives the jobs of all hosts an account of their own in a state; "": one that
// the domain does not know.
func runAs(state string) func(testing.TB, *lab.Lab) {
	return func(t testing.TB, l *lab.Lab) {
		if state != "" {
			ctl(t, l, "domain", map[string]string{"name": "svc-jobs", "password": "Canary-4711", "state": state})
		}
		edit(t, l.Path("secrets.yaml"), "ops: ", "svc-jobs: Canary-4711\nops: ")
		edit(t, l.Describe().Config, "credentials:\n", "credentials:\n    svc-jobs:\n        login: ntlm\n        user: LITWARE\\svc-jobs\n        password:\n            file: secrets.yaml\n            key: svc-jobs\n")
		b, err := os.ReadFile(l.Describe().Config)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(l.Describe().Config, []byte(strings.ReplaceAll(string(b), "run_as: ops", "run_as: svc-jobs")), 0o600))
	}
}

func wrongPassword(t testing.TB, l *lab.Lab) {
	edit(t, l.Path("secrets.yaml"), l.World().Instance(world.Secondary).Password("sa"), "Canary-4711")
}

func wrongPort(t testing.TB, l *lab.Lab) {
	for _, h := range l.Describe().Hosts {
		if h.Name == "FE11" {
			edit(t, l.Describe().Config, port(t, l, `SQL12\RTC`), fmt.Sprintf("port: %d", h.Port))
		}
	}
}

// leftover puts a database where F6 is to make the mirror.
func leftover(t testing.TB, l *lab.Lab) {
	const there = `\\FS01\LogShip\other.bak`
	faulty("sql", `instance=SQL01\RTC`, "text=BACKUP DATABASE mgc TO DISK = N'"+there+"' WITH COPY_ONLY")(t, l)
	faulty("sql", atSQL12, "text=RESTORE DATABASE mgc FROM DISK = N'"+there+"' WITH RECOVERY")(t, l)
}

// asWatcher logs in to the secondary with a login that only looks.
func asWatcher(t testing.TB, l *lab.Lab) {
	edit(t, l.Path("secrets.yaml"), l.World().Instance(world.Secondary).Password("sa"), l.World().Instance(world.Secondary).Password("watcher"))
	edit(t, l.Describe().Config, "sa-SQL11:\n        login: sql\n        user: sa", "sa-SQL11:\n        login: sql\n        user: watcher")
}

// still starts a site and stops its clock: what differs afterwards was changed.
func still(t testing.TB) *lab.Lab {
	t.Helper()
	l := startSite(t, "healthy", lab.Options{})
	l.World().Clock.SetSpeed(0)
	return l
}

// checked gives the checks of a node.
func checked(r result, node, code string) map[string]any {
	for _, c := range r.of("check") {
		if c["node"] == node && c["code"] == code {
			return c
		}
	}
	return nil
}

func TestDoctorSaysGoToASiteThatIsReady(t *testing.T) {
	t.Parallel()
	l := still(t)
	before := standing(l)
	r := consoleOn(t, l).run("doctor")
	require.Equal(t, 0, r.code, "%v %s", amiss(r), r.stderr)
	require.Empty(t, amiss(r))
	require.Equal(t, "GO", r.of("verdict")[0]["verdict"])
	require.Equal(t, before, standing(l), "nothing was changed")
	require.Empty(t, l.Leftovers())
}

// amiss gives the checks that do not hold, or are not known.
func amiss(r result) (out []string) {
	for _, c := range r.of("check") {
		if c["holds"] != true {
			out = append(out, fmt.Sprint(c["node"], " ", c["code"], " ", c["holds"], " ", c["seen"], " → ", c["do"]))
		}
	}
	return out
}

// Each site has one thing wrong. Doctor names the machine, the thing and what to do,
// says NO-GO, and leaves everything as it was.
func TestDoctorNamesWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	all := maps.Clone(sqlMisfits)
	maps.Copy(all, hostMisfits)
	require.GreaterOrEqual(t, len(all), 30)
	for name, m := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.prove(t)
		})
	}
}

// standing is the catalogue of a site without the backups that log shipping takes by
// its schedule meanwhile.
func standing(l *lab.Lab) []string {
	return slices.DeleteFunc(l.World().Catalogue(), func(one string) bool {
		return strings.HasPrefix(one, "file ") && regexp.MustCompile(`/mgc_\d{14}\.trn `).MatchString(one)
	})
}

func (m misfit) prove(t *testing.T) {
	l := still(t)
	m.change(t, l)
	edit(t, l.Describe().Config, "connect: 10s", "connect: 3s")
	before := standing(l)
	r := consoleOn(t, l).run("doctor")
	require.Equal(t, 1, r.code, r.stderr)
	require.Equal(t, "NO-GO", r.of("verdict")[0]["verdict"])
	c := checked(r, m.node, m.code)
	require.NotNil(t, c, "%s of %s is not among the checks", m.code, m.node)
	holds, _ := c["holds"].(bool)
	require.False(t, holds, c)
	require.Equal(t, m.known, c["holds"] != nil, c)
	for _, w := range m.says {
		require.Contains(t, fmt.Sprint(c["seen"], " ", c["do"]), w)
	}
	require.NotEmpty(t, c["do"])
	require.Equal(t, before, standing(l), "nothing was changed")
	require.Empty(t, l.Leftovers())
}

// Whatever a host writes, doctor neither believes what it cannot read nor waits for
// ever.
func TestDoctorOnHostsWhoseAnswersAreSpoilt(t *testing.T) {
	t.Parallel()
	for _, output := range oddOutputs {
		t.Run(output, func(t *testing.T) {
			t.Parallel()
			l := still(t)
			faulty("host", "target=FE11", "output="+output)(t, l)
			r := consoleOn(t, l).run("doctor")
			c := checked(r, "FE11", "winrm")
			require.NotNil(t, c)
			if r.code == 0 {
				require.Empty(t, amiss(r))
				return
			}
			require.Equal(t, 1, r.code, r.stderr)
			require.NotEqual(t, true, checked(r, "FE11", "groups")["holds"])
		})
	}
}

// A share that hangs costs what hangs on it, and no more.
func TestDoctorTellsWhatItKnowsWhereAShareHangs(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for the job")
	}
	t.Parallel()
	l := still(t)
	faulty("setup", "host=FE11", "stuck=mirror-share")(t, l)
	r := consoleOn(t, l).run("doctor")
	require.Equal(t, 1, r.code)
	require.Equal(t, true, checked(r, "FE11", "groups")["holds"])
	require.Nil(t, checked(r, "FE11", "mirror-share")["holds"])
	require.Nil(t, checked(r, "FE11", "job")["holds"])
	require.Equal(t, true, checked(r, "FE01", "mirror-share")["holds"])
}
