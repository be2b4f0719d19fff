package status

import (
	"fmt"
	"strings"
	"time"

	"pchatops/ops/fault"
	"pchatops/ops/site"
)

// diagnosePool compares the pool and its chat servers with the database that
// is live, and reports what could not be read.
func (v *view) diagnosePool() {
	if v.Share.Err != nil {
		v.unlisted(shareUnreachable, v.site.BackupShare, "the backup share cannot be listed: ", v.Share.Err)
	}
	if n := len(v.Share.Strange); n > 0 {
		v.find(strangeFile, v.site.BackupShare, fmt.Sprintf("%d on the share, first %s: no program here can open a file of that name, so it is neither read nor copied", n, quote(v.Share.Strange[0])))
	}
	v.diagnoseOldPath()
	switch {
	case v.Pool.Err != nil:
		v.unlisted(poolUnreachable, v.site.Pool, "the Management Shell does not tell: ", v.Pool.Err)
	case v.Pool.Answered.IsZero():
	case v.now.Sub(v.Pool.Answered) > v.slowStale():
		v.find(staleFacts, v.site.Pool, "the pool was read "+ago(v.now, v.Pool.Answered))
	default:
		v.diagnosePoolState()
		v.diagnoseActive()
		v.diagnoseTopology()
	}
}

// slowStale is the age at which what is read over WinRM is stale.
func (v *view) slowStale() time.Duration {
	return v.site.Intervals.Stale + v.site.Intervals.Quiet() + v.site.Intervals.ShellAnswer
}

func (v *view) shareFresh() bool {
	return v.Share.Err == nil && !v.Share.Answered.IsZero() && v.now.Sub(v.Share.Answered) <= v.slowStale()
}

func (v *view) diagnosePoolState() {
	secondary := v.Node(site.Secondary)
	online := v.second() != nil
	over := v.Pool.State == "FailedOver"
	says := "the pool state is " + quote(v.Pool.State) + "; the database: " + v.asked()
	switch {
	case len(v.principals()) > 1: // which of them the pool should use is not for us to say
	case over && (online || v.hidden() != nil || v.follower() != nil):
		v.find(poolFailedOver, v.site.Pool, says)
	case over && (v.shipper() != nil || v.fresh(secondary)):
		v.find(poolMismatch.remediedBy(failback), v.site.Pool, says)
	case online && v.Pool.State == "Normal":
		v.find(poolMismatch, v.site.Pool, says)
	}
}

// diagnoseActive finds active chat servers that are far from the live database.
func (v *view) diagnoseActive() {
	if len(v.Pool.Active) == 0 {
		v.find(noActiveServers, v.site.Pool, "the pool has no active chat server")
		return
	}
	live := v.sole()
	if live == nil {
		return
	}
	if far := v.farFrom(live); len(far) > 0 {
		v.find(activeElsewhere, v.site.Pool, "the live database is in "+live.DataCentre+", but active are "+strings.Join(far, ", "))
	}
}

// farFrom gives the active chat servers that no fast link joins to a node.
func (v *view) farFrom(n *Node) (far []string) {
	for _, fqdn := range v.Pool.Active {
		dc, known := v.dataCentre(fqdn)
		switch {
		case !known:
			far = append(far, quote(fqdn)+" (not in the site file)")
		case !v.site.Fast(dc, n.DataCentre):
			far = append(far, quote(fqdn)+" ("+dc+")")
		}
	}
	return far
}

func (v *view) dataCentre(fqdn string) (string, bool) {
	for _, c := range v.site.ChatServers {
		if strings.EqualFold(c.FQDN, fqdn) {
			return c.DataCentre, true
		}
	}
	return "", false
}

// unlisted reports what could not be read. Where the console itself lacks
// something, that is what is to be mended, and no server.
func (v *view) unlisted(s *situation, subject, why string, err *fault.Error) {
	v.find(s, subject, why+trouble(err))
	if last := &v.found[len(v.found)-1]; (wanting(err) || err.Class == fault.Access) && err.Do != "" {
		last.Do = err.Do
	}
}
