package tsql

import (
	"fmt"
	"strings"
	"time"
)

// epoch is day 0 of a datetime.
var epoch = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

// days counts the days since the epoch, with the fraction of the last.
func days(t time.Time) float64 {
	t = wall(t)
	return (float64(t.Unix()-epoch.Unix()) + float64(t.Nanosecond())/1e9) / 86400
}

// wall drops the zone: a datetime is what the clock on the server's wall says.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// Tick rounds to the 1/300 s that a datetime holds.
func Tick(t time.Time) time.Time {
	t = wall(t)
	second := t.Truncate(time.Second)
	ticks := (int64(t.Sub(second))*300 + int64(time.Second)/2) / int64(time.Second)
	return second.Add(time.Duration(ticks) * time.Second / 300)
}

// layouts are the forms of a date in a character string that do not depend on
// the language of the session.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	"20060102 15:04:05", "20060102 15:04", "20060102", "20060102T15:04:05",
	"01/02/2006 15:04:05", "01/02/2006", "Jan _2 2006 3:04PM", "Jan _2 2006", "15:04:05", "15:04",
}

func toTime(v value, t typ) (any, *Error) {
	var at time.Time
	switch x := v.v.(type) {
	case time.Time:
		at = wall(x)
	case string:
		if v.kind != NVarChar {
			return epoch.Add(time.Duration(v.float() * float64(24*time.Hour))), nil
		}
		var ok bool
		if at, ok = parseTime(strings.TrimSpace(x)); !ok {
			return nil, refuse(241, "Conversion failed when converting date and/or time from character string.")
		}
	case int64, bool, float64:
		if d := v.float(); d > -60000 && d < 3e6 {
			whole := int(d)
			return epoch.AddDate(0, 0, whole).Add(time.Duration((d - float64(whole)) * float64(24*time.Hour))), nil
		}
		return nil, overflow(DateTime)
	default:
		return nil, clash(v.kind, DateTime)
	}
	switch t.base {
	case "date":
		return at.Truncate(24 * time.Hour), nil
	case "smalldatetime":
		return at.Round(time.Minute), nil
	case "datetime":
		if at.Year() < 1753 || at.Year() > 9999 {
			return nil, refuse(242, "The conversion of a nvarchar data type to a datetime data type resulted in an out-of-range value.")
		}
		return Tick(at), nil
	}
	return at, nil
}

func parseTime(s string) (time.Time, bool) {
	if s == "" {
		return epoch, true
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, s); err == nil {
			if at.Year() == 0 {
				at = at.AddDate(1900, 0, 0)
			}
			return wall(at), true
		}
	}
	return time.Time{}, false
}

// styles are the layouts of CONVERT's third argument.
var styles = map[int]string{
	0: "Jan _2 2006 _3:04PM", 100: "Jan _2 2006 _3:04PM", 101: "01/02/2006", 102: "2006.01.02", 103: "02/01/2006",
	104: "02.01.2006", 105: "02-01-2006", 106: "02 Jan 2006", 107: "Jan 02, 2006", 108: "15:04:05", 110: "01-02-2006",
	111: "2006/01/02", 112: "20060102", 113: "02 Jan 2006 15:04:05:000", 114: "15:04:05:000",
	20: "2006-01-02 15:04:05", 120: "2006-01-02 15:04:05", 21: "2006-01-02 15:04:05.000", 121: "2006-01-02 15:04:05.000",
	126: "2006-01-02T15:04:05.000", 127: "2006-01-02T15:04:05.000Z",
}

// formatTime prints a datetime in a style that styles has.
func formatTime(at time.Time, style int) string {
	at = Tick(at).Round(time.Millisecond)
	layout := styles[style]
	if before, ok := strings.CutSuffix(layout, ":000"); ok {
		return at.Format(before) + fmt.Sprintf(":%03d", at.Nanosecond()/int(time.Millisecond))
	}
	if hour := (at.Hour()+11)%12 + 1; strings.Contains(layout, "_3") {
		return at.Format("Jan _2 2006 ") + fmt.Sprintf("%2d", hour) + at.Format(":04PM")
	}
	if strings.HasPrefix(layout, "2006-01-02T") && at.Nanosecond() == 0 {
		layout = strings.Replace(layout, ".000", "", 1)
	}
	return at.Format(layout)
}
