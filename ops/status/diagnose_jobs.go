package status

import "pchatops/ops/site"

// diagnoseJobs looks at the log shipping jobs of every server that answers.
func (v *view) diagnoseJobs() {
	for _, role := range []site.Role{site.Primary, site.Mirror, site.Secondary} {
		n := v.Node(role)
		if !v.fresh(n) {
			continue
		}
		if p := n.Facts.Primary; p != nil {
			v.diagnoseJob(n, "backup", p.BackupJob)
		}
		if s := n.Facts.Secondary; s != nil {
			v.diagnoseJob(n, "copy", s.CopyJob)
			v.diagnoseJob(n, "restore", s.RestoreJob)
		}
	}
}

func (v *view) diagnoseJob(n *Node, kind string, j Job) {
	if j.ID == "" {
		return
	}
	what := "the " + kind + " job " + quote(j.Name) + " on " + n.Address
	if !j.Enabled {
		v.find(jobDisabled, n.Address, what+" is disabled")
	}
	if j.Outcome == "failed" && (kind != "restore" || !gapNumber.MatchString(j.Message)) {
		v.find(jobFailed, n.Address, what+" failed "+ago(v.nowOn(n), j.LastRun)+": "+quote(j.Message))
	}
}
