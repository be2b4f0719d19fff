package status

import (
	"strings"
	"time"

	"pchatops/ops/site"
)

// apart is how far two clocks may differ before it matters to an age. What was
// read of them at two moments may differ by more: a rehearsal's run faster.
const (
	apart  = 5 * time.Minute
	faster = 100
)

// diagnoseClocks finds servers whose clocks are wrong, or were when they noted what
// log shipping did last.
func (v *view) diagnoseClocks() {
	agree := true
	for i := range v.Nodes {
		n := &v.Nodes[i]
		if off := v.off(n); off != 0 {
			agree = false
			v.find(clockWrong, n.Address, "the clock of "+n.Address+" is "+age(off.Abs())+
				map[bool]string{true: " ahead of", false: " behind"}[off > 0]+" those of most other servers")
		}
	}
	if !agree {
		return // what follows from that is no news
	}
	if n := v.shipper(); n != nil && n.Facts.Primary != nil {
		p := n.Facts.Primary
		v.diagnoseNote(n, "wrote its last log backup", v.noted(n, p.BackupAge, p.LastBackup), 0)
	}
	if n := v.Node(site.Secondary); v.fresh(n) && n.Facts.Database.Restoring() && n.Facts.Secondary != nil {
		s := n.Facts.Secondary
		_ = v.diagnoseNote(n, "copied its last backup", v.noted(n, s.CopyAge, s.LastCopied), v.early(s.LastCopiedFile, s.LastCopied)) ||
			v.diagnoseNote(n, "restored its last backup", v.noted(n, s.RestoreAge, s.LastRestored), v.early(s.LastRestoredFile, s.LastRestored))
	}
}

// diagnoseNote finds a note that cannot be right: of a moment to come, or too
// early by so much.
func (v *view) diagnoseNote(n *Node, what string, at noted, early time.Duration) bool {
	why := "by its own clock " + n.Address + " " + what + " "
	switch {
	case at.ahead > 0:
		why += age(at.ahead) + " from now"
	case early > 0:
		why += age(at.ago) + " ago, which is " + age(early) + " before that was taken"
	default:
		return false
	}
	v.find(clockWrong, n.Address, why+": a clock has been set since, and how long ago that was is not known")
	return true
}

// noted is how long ago something was that a server noted, by its own clock.
type noted struct {
	ago   time.Duration
	never bool
	ahead time.Duration // how far in its future it is: its clock was put back since
}

// noted reads a note and its age, as the server counted it. No age is a moment
// that was never noted, or one that has not come.
func (v *view) noted(n *Node, old time.Duration, at time.Time) noted {
	since := v.now.Sub(n.Answered)
	switch {
	case old >= 0:
		return noted{ago: old + since}
	case Never(old, at):
		return noted{never: true}
	}
	if ahead := at.Sub(v.nowOn(n)); ahead > apart {
		return noted{ahead: ahead}
	}
	return noted{}
}

// Never reports whether a server noted nothing, by the age and the moment of a note.
// One that is still to come by its own clock has no age either.
func Never(old time.Duration, at time.Time) bool {
	return old < 0 && at.Year() < 2000 // what the monitor tables hold before the first
}

// past reports whether that is longer ago than a limit, whatever its clock was
// wrong by, as far as anybody can tell.
func (n noted) past(most, doubt time.Duration) bool { return n.ahead == 0 && n.ago-doubt > most }

// off is how far the clock of a server is ahead of those of most others; 0: they
// agree, as far as anybody can tell.
func (v *view) off(n *Node) time.Duration {
	mine, tells := v.tells(n)
	if !tells {
		return 0
	}
	var off time.Duration
	differ, others := 0, 0
	for i := range v.Nodes {
		o := &v.Nodes[i]
		theirs, tells := v.tells(o)
		if o == n || !tells {
			continue
		}
		others++
		if d := mine - theirs; d.Abs() > apart+faster*n.Answered.Sub(o.Answered).Abs() {
			differ++
			if off == 0 || d.Abs() < off.Abs() {
				off = d
			}
		}
	}
	if 2*differ <= others {
		return 0
	}
	return off
}

// tells gives how far the clock of a server is ahead of the console's.
func (v *view) tells(n *Node) (ahead time.Duration, tells bool) {
	if !v.fresh(n) || n.Unsteady || n.Facts.ServerTime.IsZero() {
		return 0, false
	}
	return n.Facts.ServerTime.Sub(n.Answered), true
}

// receiptDoubt is by how much the ages of what the secondary copied and restored
// last may be wrong.
func (v *view) receiptDoubt(n *Node) time.Duration {
	s := n.Facts.Secondary
	return max(v.off(n).Abs(), v.early(s.LastCopiedFile, s.LastCopied), v.early(s.LastRestoredFile, s.LastRestored))
}

// early is how long before a backup was taken the secondary noted that it had it,
// if that is more than clocks may differ: one has been set since.
func (v *view) early(file string, held time.Time) time.Duration {
	clocks := v.clocks()
	for i := range v.Share.Log {
		h := &v.Share.Log[i]
		w, measured := clocks.Writers[strings.ToLower(h.Server)]
		if !measured || another(h.File, file) || v.renamed(*h) {
			continue
		}
		if d := h.Finished.Add(-w.Zone - w.Ahead).Sub(held); d > apart {
			return d
		}
	}
	return 0
}
