package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pchatops/ops/chain"
)

// set names one backup set of one file.
type set struct {
	file     string
	position int
}

func keyOf(h *chain.Header) set { return set{h.File, h.Position} }

// walk orders all that could be read, and says of each what it is.
func (t *taking) walk() {
	bySet := map[set]*Backup{}
	var heads []chain.Header
	for _, b := range t.joined() {
		if t.Online && b.Header.Fork != "" && strings.EqualFold(b.Header.Fork, t.Observed.Fork) {
			b.Kind, b.Why = Applied, "of the recovered database itself"
			continue
		}
		if t.strayed(b.Header) {
			b.Kind, b.Lost, b.Strayed, b.Why = OtherFork, true, true, "the database that stands here was recovered before it, and has a path of its own since"
			continue
		}
		bySet[keyOf(b.Header)] = b
		heads = append(heads, *b.Header)
	}
	c, barred := t.plan(heads, bySet)
	t.Restore, t.Gap, t.Inventory.Fork, t.Reached = c.Restore, c.Gap, c.Fork, c.Reached
	for i := range c.Restore {
		b := bySet[keyOf(&c.Restore[i])]
		b.Kind, b.Lost = ToApply, true
		if b.Folder == nil {
			b.Kind = ToCopy
		}
	}
	for _, a := range c.Aside {
		if b := bySet[set{a.File, a.Position}]; b != nil && b.Kind == "" {
			t.aside(b, a)
		}
	}
	for _, b := range barred {
		b.Kind, b.Lost = ToCopy, true
		if b.Header.Last.Compare(t.Reached.LSN) <= 0 {
			b.Kind, b.Lost, b.Why = Applied, false, string(chain.Duplicate)
		}
	}
	if t.Online {
		t.abandoned(bySet)
	}
	defer t.alongside()
	for _, b := range bySet {
		if b.Kind == "" { // the walk did not come so far
			b.Kind, b.Lost, b.Why, b.Stranded = Unusable, true, "the log before it is missing", true
			if c.Fork != nil {
				b.Kind, b.Why, b.Stranded = ToApply, "it depends on which recovery path is followed", false
			}
			if b.Folder == nil {
				b.Kind = ToCopy
			}
		}
	}
}

// plan orders the backups. What would be next and cannot be copied is barred: the
// log behind it waits for another backup of the same log.
func (t *taking) plan(heads []chain.Header, bySet map[set]*Backup) (c chain.Chain, barred []*Backup) {
	for {
		c = chain.Plan(heads, t.Observed.At)
		out := map[set]bool{}
		for i := range c.Restore {
			if b := bySet[keyOf(&c.Restore[i])]; t.barred(b) {
				out[keyOf(b.Header)], barred = true, append(barred, b)
			}
		}
		if len(out) == 0 {
			return c, barred
		}
		heads = slices.DeleteFunc(heads, func(h chain.Header) bool { return out[keyOf(&h)] })
	}
}

// barred reports whether a backup, or a part of it, could not be copied.
func (t *taking) barred(b *Backup) bool {
	return t.refusal(b) != "" || slices.ContainsFunc(t.stripes[b], func(p *Backup) bool { return p.part && t.refusal(p) != "" })
}

// refusal says why a file that is on the share only could not be copied.
func (t *taking) refusal(b *Backup) string {
	if b.Folder != nil || b.Share == nil || b.Share.Strange != "" || t.Refused == nil {
		return ""
	}
	return t.Refused(*b.Share)
}

// alongside makes the files of a striped backup what it is as a whole. Each is to
// be copied, or it is in the copy folder already.
func (t *taking) alongside() {
	for first, files := range t.stripes {
		whole := *first
		for _, b := range files {
			b.Kind, b.Lost, b.Stranded = whole.Kind, whole.Lost, whole.Stranded
			if !b.part && (b.Kind == ToApply || b.Kind == ToCopy || b.Stranded) {
				b.Kind, b.Lost, b.Stranded, b.Why = Applied, false, false, string(chain.Duplicate)
				continue
			}
			if b.Why = whole.Why; b.Why == "" {
				b.Why = fmt.Sprintf("part %d of %d of a striped backup", b.Header.Part, b.Header.Parts)
			}
			switch waits := b.Kind == ToApply || b.Kind == ToCopy || b.Stranded; {
			case waits && b.Folder == nil:
				b.Kind = ToCopy
			case waits && b.Stranded:
				b.Kind = Unusable
			case waits:
				b.Kind = ToApply
			}
		}
		t.stopped(files)
	}
}

// stopped is for the parts of a striped backup that are of no use, as another one
// could not be copied.
func (t *taking) stopped(files []*Backup) {
	i := slices.IndexFunc(files, func(b *Backup) bool { return b.part && b.Kind == ToCopy && t.refusal(b) != "" })
	for _, b := range files {
		if i >= 0 && b.part && b.Kind == ToApply {
			b.Stranded, b.Why = true, b.Why+", of which "+files[i].Name+" could not be copied"
		}
	}
}

// abandoned is for a database that takes no log any more: what would have fitted
// is of the path that it left.
func (t *taking) abandoned(bySet map[set]*Backup) {
	for _, b := range bySet {
		if b.Kind == ToApply || b.Kind == ToCopy || b.Kind == "" {
			b.Kind, b.Lost, b.Why = OtherFork, true, "log of the path that the database left when it was recovered"
		}
	}
}

// aside says what a backup is that the walk did not take.
func (t *taking) aside(b *Backup, a chain.Aside) {
	b.Why = string(a.Reason)
	if a.Detail != "" {
		b.Why += ": " + a.Detail
	}
	covered := b.Header.Last.Compare(t.Reached.LSN) <= 0
	switch a.Reason {
	case chain.TooOld, chain.Duplicate, chain.Empty:
		b.Kind = Applied
	case chain.Foreign:
		t.foreign(b)
	case chain.WrongFork:
		b.Kind, b.Lost = OtherFork, !covered && !t.leftBefore(b.Header)
	case chain.Damaged:
		b.Kind, b.Lost = Unusable, !covered
		if b.found != "" {
			b.Why = b.found
		}
		if covered {
			b.Kind, b.Why = Applied, "damaged, and its log came from another backup"
		}
	default:
		b.Kind = Unusable
	}
}

// foreign is for a backup that is not of the database which stands there.
func (t *taking) foreign(b *Backup) {
	b.Kind = Foreign
	switch why := t.rival(b.Header); {
	case t.Another != "" && t.kindred.other(b.Header):
		b.Lost, b.Why = true, "of the "+t.Database+" that was shipped: the database that stands there is another one"
	case why != "":
		b.Kind, b.Lost, b.Why = Rival, true, why
	}
}

// ownFork is the last log that was restored before the database was brought online
// here and put back into RESTORING: it has a recovery fork of its own since, to which
// no log that was restored leads. nil: it has none.
func (t *taking) ownFork() *chain.Header {
	n := len(t.Applied)
	if t.Online || n == 0 || t.Observed.At.Fork == "" || t.Applied[n-1].Fork == "" || strings.EqualFold(t.Applied[n-1].Fork, t.Observed.At.Fork) {
		return nil
	}
	return &t.Applied[n-1]
}

// strayed reports whether a backup is of the path that the database has left by a
// recovery of its own, and behind that.
func (t *taking) strayed(h *chain.Header) bool {
	last := t.ownFork()
	return last != nil && t.ours(h) && strings.EqualFold(h.FirstFork, last.Fork) && !strings.EqualFold(h.Fork, t.Observed.At.Fork) &&
		h.First != h.Last && h.Last.Compare(last.Last) > 0
}

// leftBefore reports whether a backup holds log of a path that this database
// itself has left earlier, where it forked: that log was given up then.
func (t *taking) leftBefore(h *chain.Header) bool {
	parents := map[string]*chain.Header{} // by the fork that they lead into
	note := func(p *chain.Header) {
		if !p.ForkPoint.IsZero() && p.FirstFork != "" && !strings.EqualFold(p.FirstFork, p.Fork) {
			parents[strings.ToLower(p.Fork)] = p
		}
	}
	for i := range t.Applied {
		note(&t.Applied[i])
	}
	for _, b := range t.all {
		if b.Header != nil {
			note(b.Header)
		}
	}
	at := strings.ToLower(t.Observed.At.Fork)
	if last := t.ownFork(); last != nil { // what that left nobody has given up
		at = strings.ToLower(last.Fork)
	}
	for range len(parents) {
		p := parents[at]
		if p == nil {
			return false
		}
		if strings.EqualFold(h.Fork, p.FirstFork) && h.Last.Compare(p.ForkPoint) > 0 {
			return true
		}
		at = strings.ToLower(p.FirstFork)
	}
	return false
}

// joined gives the sets that may be walked: a striped backup as one, with all
// its files, or named with what is missing.
func (t *taking) joined() []*Backup {
	var out []*Backup
	stripes := map[string][]*Backup{}
	var order []string
	for _, b := range t.all {
		switch {
		case b.Header == nil || b.Kind != "":
		case b.Header.Parts <= 1:
			*b.Header = chain.Join(*b.Header)
			out = append(out, b)
		default:
			id := fmt.Sprintf("%s %s %d", b.Header.Media, b.Header.SetGUID, b.Header.Position)
			if stripes[id] == nil {
				order = append(order, id)
			}
			stripes[id] = append(stripes[id], b)
		}
	}
	for _, id := range order {
		if whole := t.join(stripes[id]); whole != nil {
			out = append(out, whole)
		}
	}
	return out
}

// join makes one backup of the files of a striped one, wherever they lie, nil
// where a part is missing. The first part speaks for all.
func (t *taking) join(files []*Backup) *Backup {
	n := files[0].Header.Parts
	parts := make([]*Backup, n+1)
	for _, b := range files {
		if p := b.Header.Part; p >= 1 && p <= n && (parts[p] == nil || better(b, parts[p])) {
			parts[p] = b
		}
	}
	var missing []string
	for p, b := range parts[1:] {
		if b == nil {
			missing = append(missing, fmt.Sprint(p+1))
		}
	}
	if len(missing) > 0 {
		t.lacking(files, strings.Join(missing, ", "))
		return nil
	}
	first := parts[1]
	headers := make([]chain.Header, 0, n)
	for _, b := range parts[1:] {
		b.part, headers = true, append(headers, *b.Header)
		first.found = cmp.Or(first.found, b.found)
	}
	*first.Header = chain.Join(headers...)
	t.stripes[first] = files
	return first
}

// better reports whether a is of more use than b, which is the same part of the
// same backup: the sounder one, and a copied one before another.
func better(a, b *Backup) bool {
	if a.Header.Sounder(*b.Header) || b.Header.Sounder(*a.Header) {
		return a.Header.Sounder(*b.Header)
	}
	return a.Folder != nil && b.Folder == nil
}

// lacking is for the files of a striped backup of which parts are missing.
func (t *taking) lacking(files []*Backup, parts string) {
	for _, b := range files {
		switch h := b.Header; {
		case !strings.EqualFold(h.Database, t.Database):
			b.Why = string(chain.Foreign) + ": " + h.Database
			t.foreign(b)
		case t.kindred.differs(h):
			b.Why = string(chain.Foreign) + ": same name, another family"
			t.foreign(b)
		case h.Last.Compare(t.Observed.At.LSN) <= 0:
			b.Kind, b.Why = Applied, string(chain.TooOld)
		default:
			b.Kind, b.Lost, b.Lacks = Unusable, true, parts
			b.Why = fmt.Sprintf("striped over %d files, of which part %s is missing", h.Parts, parts)
			b.Perhaps = t.closedFiles(func(*Backup) bool { return true })
		}
	}
}

// byLog orders backups by their log, those whose log is not known by their names.
func byLog(a, b Backup) int {
	switch {
	case a.Header != nil && b.Header != nil:
		return cmp.Or(a.Header.First.Compare(b.Header.First), a.Header.Last.Compare(b.Header.Last), strings.Compare(a.Name, b.Name))
	case a.Header != nil:
		return -1
	case b.Header != nil:
		return 1
	}
	return strings.Compare(a.Name, b.Name)
}
