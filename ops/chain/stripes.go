package chain

import "fmt"

// Stripes puts the parts of striped backups together. The zero value is ready.
type Stripes struct{ open map[string]map[int]Header }

// Add takes the header of one file and gives the backup as a whole once all its
// files are there: with the first as its file, and the others beside it. A sounder
// copy of a part takes its place, and gives the backup again.
func (s *Stripes) Add(h Header) (Header, bool) {
	if h.Parts <= 1 {
		return Join(h), true
	}
	if s.open == nil {
		s.open = map[string]map[int]Header{}
	}
	id := fmt.Sprintf("%s %s %d", h.Media, h.SetGUID, h.Position)
	if s.open[id] == nil {
		s.open[id] = map[int]Header{}
	}
	parts := s.open[id]
	if have, twice := parts[h.Part]; twice && !h.Sounder(have) || h.Part < 1 || h.Part > h.Parts {
		return Header{}, false
	}
	parts[h.Part] = h
	if len(parts) < h.Parts {
		return Header{}, false
	}
	all := make([]Header, 0, len(parts))
	for n := 1; n <= h.Parts; n++ {
		all = append(all, parts[n])
	}
	return Join(all...), true
}

// Join makes one backup of its parts, which come in their order. What RESTORE has
// refused may be whole beside another copy of the part that was to blame: only
// parts that are all suspect were tried together.
func Join(parts ...Header) Header {
	whole, suspect := parts[0], true
	for i, p := range parts {
		if i > 0 {
			whole.Others = append(whole.Others, p.File)
		}
		whole.Damaged = whole.Damaged || p.Damaged
		suspect = suspect && p.Suspect
	}
	whole.Suspect, whole.Damaged = suspect, whole.Damaged || suspect
	return whole
}

// Sounder reports whether a header is of more use than another of the same part.
func (h Header) Sounder(o Header) bool {
	if h.Damaged != o.Damaged {
		return o.Damaged
	}
	return o.Suspect && !h.Suspect
}
