package inventory

import (
	"slices"
	"strings"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
)

// Copies tells which files of the share are in the copy folder: the same backup, by
// its header and under whatever name. Where a header is missing, a file of the same
// name, length and time is a copy, unless it was opened and is no backup.
func (o Observed) Copies() func(File) bool {
	type copied struct {
		file File
		head chain.Header
	}
	named, closed, sets := map[string]File{}, map[string]bool{}, map[chain.LSN][]copied{}
	for _, c := range o.Folder.Files {
		r, asked := o.Read(Folder, c)
		name := strings.ToLower(c.Name)
		closed[name] = !asked || fault.Is(r.Err, fault.Access) || fault.Is(r.Err, fault.Permission) || fault.Is(r.Err, fault.InUse)
		if closed[name] || r.Err == nil {
			named[name] = c
		}
		for _, h := range r.Sets {
			sets[h.Last] = append(sets[h.Last], copied{c, h})
		}
	}
	return func(s File) bool {
		r, asked := o.Read(Share, s)
		readable := asked && r.Err == nil
		if c, there := named[strings.ToLower(s.Name)]; there && c.looksLike(s) && (!readable || closed[strings.ToLower(s.Name)]) {
			return true
		}
		missing := func(h chain.Header) bool {
			return !slices.ContainsFunc(sets[h.Last], func(c copied) bool {
				return c.head.Same(h) && !c.head.Damaged && !o.cutShort(c.file, s, h)
			})
		}
		return readable && len(r.Sets) > 0 && !slices.ContainsFunc(r.Sets, missing)
	}
}

// cutShort reports whether a copy ends before a file of the share that holds the same
// backup, and is the whole of none that does: one may have been written over a longer
// one.
func (o Observed) cutShort(c, s File, h chain.Header) bool {
	return c.Bytes >= 0 && c.Bytes < s.Bytes && !slices.ContainsFunc(o.Share.Files, func(f File) bool {
		if f.Bytes != c.Bytes {
			return false
		}
		r, _ := o.Read(Share, f)
		return slices.ContainsFunc(r.Sets, h.Same)
	})
}
