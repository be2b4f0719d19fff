package screen

import (
	"strings"
	"time"

	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// Header is the first line: where one is, how much chat is at stake, since
// when the incident runs and who drives. What does not fit is left out from
// the right of its own side; the environment is never left out. The right side
// has one colour: what ticks there is then repaired in one short write.
func (v View) Header(w int) string {
	badge := v.Style.Badge.Render(" " + v.Style.BadgeWord + " ")
	name := v.Style.Title.Render(clean.Line(v.State.Site))
	left := " " + badge + " " + name
	if w >= 100 {
		left = " " + v.Style.Muted.Render("pchatops") + " " + badge + " " + name
	}
	right := ""
	for _, part := range []string{v.exposure(), v.elapsed(), v.who()} {
		if part == "" {
			continue
		}
		if cell.Width(left)+cell.Width(right)+cell.Width(part)+4 > w {
			break
		}
		right += v.ink(plain).Render("  ") + part
	}
	return cell.Between(left, right+" ", w)
}

// Title is the title of the terminal window. It holds no time: a title that
// ticks would be sent every second. It holds no semicolon either: that
// separates the fields of the sequence that sets it.
func (v View) Title() string {
	role := "driver"
	if v.State.ReadOnly != "" {
		role = "observer"
	}
	name := strings.ReplaceAll(clean.Line(v.State.Site), ";", ",")
	return v.Style.BadgeWord + " " + name + " – pchatops, " + role
}

func (v View) exposure() string {
	e := v.State.Exposure
	if v.State.Snapshot == nil {
		return ""
	}
	if !e.Known {
		return v.ink(doubt).Render("exposure ? unknown")
	}
	lost := time.Duration(e.Seconds * float64(time.Second))
	if v.State.Ended.IsZero() {
		lost += v.since(v.State.Snapshot.Taken)
	}
	return v.ink(plain).Render("exposure " + span(lost))
}

func (v View) elapsed() string {
	if v.State.Started.IsZero() {
		return ""
	}
	end := v.Now
	if !v.State.Ended.IsZero() {
		end = v.State.Ended
	}
	return v.ink(plain).Render("elapsed " + stopwatch(max(end.Sub(v.State.Started), 0)))
}

func (v View) who() string {
	if v.State.ReadOnly != "" {
		return v.ink(warn).Render("observer") + v.Style.Muted.Render(" · drives: "+clean.Line(v.State.Driver))
	}
	if v.State.Driver == "" {
		return ""
	}
	return v.ink(plain).Render("driver " + clean.Line(v.State.Driver))
}
