package status

import (
	"fmt"
	"slices"
	"strings"
)

// Difference is one setting that is not as it should be.
type Difference struct {
	Setting string
	Have    string
	Want    string
	// Certain: it is wrong whatever the numbers of the site file are.
	Certain bool
}

// String says "restore threshold is 90m instead of 45m".
func (d Difference) String() string {
	return fmt.Sprintf("%s is %s instead of %s", d.Setting, orNone(d.Have), orNone(d.Want))
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return quote(s)
}

// Differ lists the differences between the settings of two primaries.
func (p PrimarySettings) Differ(want PrimarySettings) []Difference {
	return differ(p.values(), want.values())
}

// Differ lists the differences between the settings of two secondaries.
func (s SecondarySettings) Differ(want SecondarySettings) []Difference {
	return differ(s.values(), want.values())
}

// value is one setting, ready to be compared.
type value struct {
	name, is string
	path     bool // compared as Windows compares paths
	list     bool // of several, among which all that are wanted have to be
	certain  bool
}

func (p PrimarySettings) values() []value {
	return []value{
		{name: "network path of the backup folder", is: p.Share, path: true, certain: true},
		{name: "local path of the backup folder", is: p.Directory, path: true, certain: true},
		{name: "delete files older than", is: minutes(p.Retention)},
		{name: "history retention", is: minutes(p.HistoryRetention)},
		{name: "alert if no backup within", is: minutes(p.Threshold)},
		{name: "backup alert", is: onOff(p.Alerts)},
		{name: "compression", is: fmt.Sprint(p.Compression)},
		{name: "monitor server", is: p.Monitor, path: true},
		{name: "backup job", is: p.Job},
		{name: "backup schedule", is: p.Schedule.String(), certain: !p.Schedule.Enabled},
		{name: "secondary server", is: p.Secondary, list: true, certain: true},
	}
}

func (s SecondarySettings) values() []value {
	return []value{
		{name: "primary server", is: s.Primary, path: true, certain: true},
		{name: "source of the copies", is: s.Source, path: true, certain: true},
		{name: "destination of the copies", is: s.Destination, path: true, certain: true},
		{name: "delete copied files older than", is: minutes(s.FileRetention)},
		{name: "history retention", is: minutes(s.HistoryRetention)},
		{name: "restore delay", is: minutes(s.RestoreDelay)},
		{name: "restore mode", is: map[bool]string{false: "no recovery", true: "standby"}[s.Standby]},
		{name: "alert if no restore within", is: minutes(s.Threshold)},
		{name: "restore alert", is: onOff(s.Alerts)},
		{name: "monitor server", is: s.Monitor, path: true},
		{name: "copy job", is: s.CopyJob},
		{name: "copy schedule", is: s.CopySchedule.String(), certain: !s.CopySchedule.Enabled},
		{name: "restore job", is: s.RestoreJob},
		{name: "restore schedule", is: s.RestoreSchedule.String(), certain: !s.RestoreSchedule.Enabled},
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func differ(have, want []value) []Difference {
	var out []Difference
	for i, h := range have {
		if w := want[i]; !h.same(w.is) {
			out = append(out, Difference{Setting: h.name, Have: h.is, Want: w.is, Certain: h.certain})
		}
	}
	return out
}

func (v value) same(want string) bool {
	switch {
	case v.path:
		return strings.EqualFold(strings.TrimRight(v.is, `\`), strings.TrimRight(want, `\`))
	case v.list:
		have := strings.Split(strings.ToLower(v.is), ", ")
		return !slices.ContainsFunc(strings.Split(strings.ToLower(want), ", "), func(one string) bool { return !slices.Contains(have, one) })
	}
	return v.is == want
}
