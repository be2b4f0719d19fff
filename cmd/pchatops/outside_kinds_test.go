package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/faults"
)

// kind is a kind of fault, as issues tell of it, and the invariant that it
// breaks in a program that gets it wrong.
type kind struct {
	section   int
	name      string
	invariant string
	// play lets the fault happen to a program. It gives how the invariant broke,
	// "" where it held, and fails the test where the fault was not met.
	play func(t testing.TB, program string) (broke string)
}

// kinds are those of the sections 1 to 6.
var kinds = []kind{
	{1, "the copy folder is not readable to SQL Server", "exit 0 means that nothing is lost", unreadFolder},
	{1, "same name, same length, other content", "exit 0 means that nothing is lost", twins},
	{1, "a name from the future", "what would be lost is not told smaller than it is", futureName},
	{1, "another database in the share", "what would be lost is not told smaller than it is", otherDatabase},
	{1, "recovered by somebody else", "exit 0 means that nothing is lost", recoveredByHand},
	{2, "a primary that hangs", "no living primary is failed over without its phrase", primaryHangs},
	{2, "a primary that answers a second late", "no living primary is failed over without its phrase", primaryLate},
	{2, "a primary that resets each connection", "no living primary is failed over without its phrase", primaryResets},
	{2, "F1 on a site that lives", "no living primary is failed over without its phrase", shippingRemoved},
	{3, "two site files that exchange the roles", "nobody acts without the lease", exchanged},
	{3, "a job that starts late", "nobody acts without the lease", lateStart},
	{3, "a reply lost after the end", "nothing that is not repeatable is begun twice", lostReply},
	{4, "an old tick that is not so", "done is never said of what is not so", oldTicks},
	{4, "a node that could not be read", "status says what it could not learn", unreadNode},
	{5, "a database that came online since", "a confirmation is of what was shown", droppedUnseen},
	{6, "the new mirror before chat", "chat comes back first", mirrorFirst},
}

// lost: the exit code says that all is well, and shipped messages are gone.
func lost(o *outside, s said) string {
	if sum := o.ledger(); s.code == 0 && sum.Live && sum.Lost > 0 {
		return fmt.Sprintf("exit 0, %d of %d messages lost", sum.Lost, sum.Shipped)
	}
	return ""
}

func unreadFolder(t testing.TB, program string) string {
	o := onSite(t, program, "failover", 60)
	o.ctl("access", `instance=SQL11\RTC`, "service=engine", "folder=copy", "state=denied")
	return lost(o, o.failover())
}

func twins(t testing.TB, program string) string {
	o := onSite(t, program, "failover", 60)
	pending := o.pending()
	last := pending[len(pending)-1]
	b, err := os.ReadFile(filepath.Join(o.folder("share"), last))
	require.NoError(t, err)
	other := []byte(strings.Repeat("x", len(b)))
	require.NoError(t, os.WriteFile(filepath.Join(o.folder("copy"), last), other, 0o644))
	return lost(o, o.failover())
}

// told compares what status tells would be lost with the age of the newest
// backup of the primary, which is dead.
func told(t testing.TB, o *outside, newest string) string {
	made, err := time.Parse("mgc_20060102150405.trn", newest)
	require.NoError(t, err)
	s := o.command(t.Context(), "status")
	require.NotEmpty(t, s.lines("snapshot"), s.stderr)
	would, known := s.lines("snapshot")[0]["exposure_seconds"].(float64)
	var clock struct{ Now time.Time }
	require.NoError(t, jsonInto(o.ctl("clock"), &clock))
	const grace = 60
	if real := clock.Now.Sub(made).Seconds(); known && would < real-grace && would < 60 {
		return fmt.Sprintf("%.0f s of chat are said to be lost; the last backup is %.0f s old", would, real)
	}
	return ""
}

func futureName(t testing.TB, program string) string {
	o := onSite(t, program, "failover", 1)
	pending := o.pending()
	newest := pending[len(pending)-1]
	o.ctl("clock", "advance=10m") // so long there has been no backup
	var clock struct{ Now time.Time }
	require.NoError(t, jsonInto(o.ctl("clock"), &clock))
	o.ctl("file", "do=duplicate", "folder=share", "name="+newest, "as=mgc_"+clock.Now.Add(700*time.Hour).Format("20060102150405")+".trn")
	return told(t, o, newest)
}

func otherDatabase(t testing.TB, program string) string {
	o := onSite(t, program, "failover", 1)
	pending := o.pending()
	newest := pending[len(pending)-1]
	o.ctl("clock", "advance=10m") // so long there has been no backup
	var clock struct{ Now time.Time }
	require.NoError(t, jsonInto(o.ctl("clock"), &clock))
	o.tsql("secondary", `BACKUP DATABASE [mgccomp] TO DISK = N'\\FS01\LogShip\mgccomp_`+clock.Now.Format("20060102150405")+`.trn'`)
	return told(t, o, newest)
}

func recoveredByHand(t testing.TB, program string) string {
	o := onSite(t, program, "failover", 60)
	o.tsql("secondary", "RESTORE DATABASE [mgc] WITH RECOVERY")
	return lost(o, o.failover())
}

// twoLive: data centre 2 is live beside a data centre 1 that has its power.
func twoLive(o *outside, s said) string {
	if o.ledger().Live {
		return fmt.Sprintf("exit %d, and two live principals", s.code)
	}
	return ""
}

// betweenBackups is a site whose primary lives and writes no log backup within the
// next minutes. One that came between F3 and F4b would stop a failover for a reason
// that is not the fault; the site's clock is everybody's, and so is its quarter hour.
func betweenBackups(t testing.TB, program string) *outside {
	o := onSite(t, program, "healthy", 1)
	var clock struct{ Now time.Time }
	require.NoError(t, jsonInto(o.ctl("clock"), &clock))
	const every, room = 15 * time.Minute, 4 * time.Minute
	if due := every - clock.Now.Sub(clock.Now.Truncate(every)); due < room {
		o.ctl("clock", fmt.Sprint("advance=", due+room))
	}
	return o
}

func primaryHangs(t testing.TB, program string) string {
	o := betweenBackups(t, program)
	o.ctl("network", `node=SQL01\RTC`, "state=hang")
	o.ctl("network", `node=SQL02\RTC`, "state=hang")
	return twoLive(o, o.failover())
}

func primaryLate(t testing.TB, program string) string {
	o := betweenBackups(t, program)
	for _, node := range []string{`SQL01\RTC`, `SQL02\RTC`} {
		o.behind(node).SetDelay(600 * time.Millisecond)
	}
	return twoLive(o, o.failover())
}

func primaryResets(t testing.TB, program string) string {
	o := betweenBackups(t, program)
	for _, node := range []string{`SQL01\RTC`, `SQL02\RTC`} {
		link := o.behind(node)
		go func() {
			for t.Context().Err() == nil {
				link.Cut()
				time.Sleep(time.Millisecond) //nolint:forbidigo // that is the fault
			}
		}()
	}
	return twoLive(o, o.failover())
}

func shippingRemoved(t testing.TB, program string) string {
	o := onSite(t, program, "healthy", 1)
	o.ctl("network", `node=SQL01\RTC`, "state=hang")
	o.ctl("network", `node=SQL02\RTC`, "state=hang")
	s := o.command(t.Context(), "run", "failover", "--step", "F1")
	if s.code == 0 && s.sent() {
		return "log shipping of a living site is removed"
	}
	return ""
}

// exchanged: one console works; another, whose site file has primary and
// secondary the other way round, wants to.
func exchanged(t testing.TB, program string) string {
	o := onSite(t, program, "ship-primary", 1)
	o.ctl("slow", "factor=200")
	confirms := o.confirms("ship-primary", "ship-primary")
	other := o.another()
	for _, x := range [][2]string{{"role: primary", "role: PRIMARY"}, {"role: secondary\n", "role: primary\n"}, {"role: PRIMARY", "role: secondary"}} {
		other.rewrite(x[0], x[1])
	}
	first := o.begin(append([]string{"run", "ship-primary"}, confirms...)...)
	until(t, "the first console works", func() bool { return o.journalSays(`"type":"intent"`) })
	// For it the site has failed over already, up to the state of the pool.
	second := other.command(t.Context(), append([]string{"run", "failover"}, other.asked("failover")...)...)
	both := second.sent()
	o.ctl("slow", "factor=1")
	first()
	if both {
		return "two consoles act at the same time"
	}
	return ""
}

// lateStart: a console loses its network before it starts a job; another does
// the whole; the network comes back.
func lateStart(t testing.TB, program string) string {
	o := onSite(t, program, "ship-mirror", 60)
	confirms := o.confirms("ship-mirror", "ship-mirror")
	other := o.another()
	const oneWay = 150 * time.Millisecond // an intent is seen before its request arrives
	link := o.behind("FE01")
	link.SetDelay(oneWay)
	sql := o.behind(`SQL11\RTC`)
	primary, mirror := o.behind(`SQL01\RTC`), o.behind(`SQL02\RTC`)
	first := o.begin(append([]string{"run", "ship-mirror"}, confirms...)...)
	until(t, "the intent to move the principal", func() bool { return o.journalSays(`"type":"intent"`, "Invoke-CsDatabaseFailover") })
	link.Hang(true)
	for _, l := range []interface{ Cut() int }{sql, primary, mirror} {
		l.Cut()
	}
	sql.Hang(true)
	primary.Hang(true)
	mirror.Hang(true)
	s := said{code: -1}
	for n := 0; n < 8 && s.code != 0; n++ { // the server frees the lock when it notices
		s = other.command(t.Context(), append([]string{"run", "ship-mirror"}, confirms...)...)
	}
	require.Zero(t, s.code, "the fault is met: the other console finishes; %s", s.stderr)
	const principal = `SELECT COUNT(*) FROM sys.database_mirroring WHERE mirroring_role = 1`
	before := o.count("primary", principal)
	for _, l := range []interface{ Hang(bool) }{link, sql, primary, mirror} {
		l.Hang(false)
	}
	first()
	if o.count("primary", principal) != before {
		return "the principal is moved behind another console's done"
	}
	return ""
}

// lostReply: once all is done, one reply of the management host is lost.
func lostReply(t testing.TB, program string) string {
	o := onSite(t, program, "failover", 60)
	o.failedOver()
	link := o.behind("FE11")
	for n := int64(2000); n <= 26_000; n += 4000 { // wherever it is lost
		link.CutAfter(faults.ToClient, n)
		for _, a := range o.failover("--step", "F6").lines("action") {
			if strings.Contains(fmt.Sprint(a["text"]), "Install-CsMirrorDatabase") {
				return fmt.Sprintf("it begins %.50s again", a["text"])
			}
		}
	}
	return ""
}

// oldTicks: a failover was broken off before F4b, and log shipping set up again.
func oldTicks(t testing.TB, program string) string {
	o := onSite(t, program, "failover", 60)
	o.failedOver("F1", "F2", "F3")
	o.ctl("power", "target=dc1", "on=true")
	set := o.command(t.Context(), append([]string{"run", "ship-primary"}, o.asked("ship-primary")...)...)
	const shipping = `SELECT COUNT(*) FROM msdb.dbo.log_shipping_secondary_databases`
	require.Positive(t, o.count("secondary", shipping), "the fault is met: %s", set.stderr)
	o.ctl("clock", "advance=20m")
	o.ctl("power", "target=dc1", "on=false")
	s := o.failover("--step", "F4b")
	if s.outcome("F4b") == "done" && o.count("secondary", shipping) > 0 {
		return "F4b stands on the tick of F1, and log shipping is configured"
	}
	return ""
}

func unreadNode(t testing.TB, program string) string {
	o := onSite(t, program, "healthy", 1)
	path := filepath.Join(filepath.Dir(o.config), "secrets.yaml")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, in := range o.site.Instances {
		if in.Role == "secondary-mirror" {
			raw = []byte(strings.Replace(string(raw), in.Password, "Canary-4711", 1))
		}
	}
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	if s := o.command(t.Context(), "status"); s.code == 0 {
		return "exit 0, and a node was not read for want of a login"
	}
	return ""
}

// droppedUnseen: after the plan of F6 was looked at, somebody brings a database
// online where the mirror is to be.
func droppedUnseen(t testing.TB, program string) string {
	o := onSite(t, program, "failover", 60)
	confirms := o.confirms("failover", "failover")
	o.failedOver("F1", "F2", "F3", "F4a", "F4b", "F5a", "F5")
	share := `\\FS01\LogShip\rescue.bak`
	o.tsql("secondary", "BACKUP DATABASE [mgc] TO DISK = N'"+share+"' WITH INIT, COPY_ONLY")
	o.tsql("secondary-mirror", "RESTORE DATABASE [mgc] FROM DISK = N'"+share+"' WITH RECOVERY, REPLACE")
	s := o.command(t.Context(), append([]string{"run", "failover", "--step", "F6"}, confirms...)...)
	if s.outcome("F6") == "done" {
		return "a database that was online is dropped by the text that every plan asks for"
	}
	return ""
}

// mirrorFirst: chat is down as long as the new mirror takes.
func mirrorFirst(t testing.TB, program string) string {
	o := onSite(t, program, "failover", 60)
	s := o.failedOver()
	var order []string
	for _, l := range s.lines("step") {
		order = append(order, fmt.Sprint(l["step"]))
	}
	if all := strings.Join(order, " "); strings.Index(all, "F6") < strings.Index(all, "F7") {
		return "chat waits for the new mirror: " + all
	}
	return ""
}
