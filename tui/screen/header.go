package screen

import (
	"cmp"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"pchatops/ops/engine"
	"pchatops/ops/site"
	"pchatops/ops/status"
	"pchatops/tui/part/cell"
	"pchatops/tui/part/clean"
)

// Header is the first line: where one is, how much chat is at stake, since
// when the incident runs and who drives. Where not all fits it is said in fewer
// words, and then left out from the end of its own side; the environment is never
// left out, and that somebody else drives comes before what is at stake. What
// ticks is written in the terminal's own colour, so that a second costs few
// bytes.
func (v View) Header(w int) string {
	badge := v.Style.Badge.Render(" " + v.Style.BadgeWord + " ")
	name := v.Style.Title.Render(clean.Line(v.State.Site))
	left := " " + badge + " " + name
	if w >= 100 {
		left = " " + v.Style.Muted.Render("pchatops") + " " + badge + " " + name
	}
	room := w - cell.Width(left) - 2
	right := v.rightSide(room)
	if right == "" {
		left, right = v.narrow(left, w)
	}
	return cell.Between(left, right+" ", w)
}

// narrow cuts the name of the site for what matters most on the right, which is
// worth more than the end of a name, as long as something of the name is left.
func (v View) narrow(left string, w int) (cut, right string) {
	most := cmp.Or(v.parts(false)...)
	room := w - cell.Width(most) - 4
	if most == "" || room < cell.Width(v.Style.BadgeWord)+7 {
		return left, ""
	}
	return cell.Fit(left, room), "  " + most
}

// rightSide is what fits of what changes, the most important first.
func (v View) rightSide(room int) string {
	right := ""
	for _, part := range v.parts(true) {
		if part != "" {
			right += "  " + part
		}
	}
	if cell.Width(right) <= room {
		return right
	}
	right = ""
	for _, part := range v.parts(false) {
		if part == "" {
			continue
		}
		if cell.Width(right)+cell.Width(part)+2 > room {
			break
		}
		right += "  " + part
	}
	return right
}

// parts are what the right side may say, in full or in few words; "" where there
// is nothing to say.
func (v View) parts(full bool) []string {
	return []string{v.still(), v.right(), v.chat(), v.other(full), v.stake(full), v.elapsed(), v.own()}
}

// still says that the screen is frozen, and since when.
func (v View) still() string {
	if v.Frozen == "" {
		return ""
	}
	return v.ink(warn).Render("FROZEN since " + v.Frozen)
}

// right says that this console may send nothing for the moment, and for how long.
func (v View) right() string {
	if v.State.Retaking == nil {
		return ""
	}
	return v.ink(bad).Render("RIGHT LOST") + " " + span(v.since(v.State.Retaking.Since))
}

// chat says that nobody can chat, and for how long; or how long that took to
// be mended.
func (v View) chat() string {
	switch s := v.State.Snapshot; {
	case s != nil && s.Chat.State == status.ChatDown:
		down := span(v.since(s.Chat.Since))
		if s.Chat.Least {
			down += " or longer"
		}
		return v.ink(bad).Render("CHAT DOWN") + " " + down
	case v.State.ChatBack != nil:
		return v.ink(good).Render("chat back") + " after " + stopwatch(*v.State.ChatBack)
	}
	return ""
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

// stake is what is lost at most where no primary lives, and else what is at
// risk, in a sentence where there is room.
func (v View) stake(room bool) string {
	e := v.State.Exposure
	if v.State.Snapshot == nil {
		return ""
	}
	if !e.Known {
		return v.unknownStake(room)
	}
	chat := time.Duration(e.Seconds * float64(time.Second))
	switch {
	case e.Loss && room:
		return "loss: up to " + span(chat) + " of chat"
	case e.Loss:
		return "loss ≤ " + span(chat)
	}
	if v.ended().IsZero() {
		chat += v.since(v.State.Snapshot.Taken)
	}
	if room {
		return "at risk since the last shipped backup: " + span(chat)
	}
	return "at risk " + span(chat)
}

// unknownStake tells apart what nobody knows from what is over.
func (v View) unknownStake(room bool) string {
	live := func(r site.Role) bool {
		n := v.State.Snapshot.Node(r)
		return n != nil && n.Reachable && n.Facts.Database.Online()
	}
	switch {
	case live(site.Secondary):
		return "secondary is live"
	case live(site.SecondaryMirror) && !v.State.Exposure.Loss:
		return "sec mirror is live"
	case v.State.Exposure.Loss && room:
		return v.ink(doubt).Render("? loss: unknown")
	case v.State.Exposure.Loss:
		return v.ink(doubt).Render("loss ? unknown")
	case room:
		return v.ink(doubt).Render("? at risk: unknown")
	}
	return v.ink(doubt).Render("at risk ? unknown")
}

func (v View) elapsed() string {
	if v.State.Started.IsZero() {
		return ""
	}
	end := v.Now
	if e := v.ended(); !e.IsZero() {
		end = e
	}
	return "elapsed " + stopwatch(max(end.Sub(v.State.Started), 0))
}

// ended is when the incident was closed, or its last step came to an end;
// zero while something is still to be done.
func (v View) ended() time.Time {
	if !v.State.Ended.IsZero() || len(v.State.Steps) == 0 {
		return v.State.Ended
	}
	var last time.Time
	for i := range v.State.Steps {
		s := &v.State.Steps[i]
		if s.Running || s.Outcome != engine.Done && s.Outcome != engine.Skipped {
			return time.Time{}
		}
		if end := s.Started.Add(s.Took); end.After(last) {
			last = end
		}
	}
	return last
}

// other says that another console drives, and whose.
func (v View) other(full bool) string {
	driver := ansi.Truncate(clean.Line(v.State.Driver), longestName, "…")
	switch {
	case v.State.ReadOnly == "":
		return ""
	case driver == "":
		return v.ink(warn).Render("observer")
	case full:
		return v.ink(warn).Render("observer") + v.Style.Muted.Render(" · drives: "+driver)
	}
	return v.ink(warn).Render(driver + " drives")
}

// longestName is what is shown of a name, so that it leaves room for the rest.
const longestName = 20

// own says that this console drives, and in whose name.
func (v View) own() string {
	if v.State.ReadOnly != "" || v.State.Driver == "" {
		return ""
	}
	return v.ink(plain).Render("driver " + clean.Line(v.State.Driver))
}
