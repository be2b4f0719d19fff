package world

import (
	"context"
	"strconv"
	"time"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// maxDevices is how many files a backup may be striped over.
const maxDevices = 64

// position is the number of the set that a RESTORE names in its files.
func position(with tsql.Options) int {
	if f, err := strconv.Atoi(with.Values["FILE"]); err == nil && f > 0 {
		return f
	}
	return 1
}

// set reads the backup set that a RESTORE names, from all its files.
func (o *operation) set(ctx context.Context, r tsql.Restore) (*media.Set, *tsql.Error) {
	if len(r.Disks) > maxDevices {
		return nil, fail(3205, maxDevices)
	}
	paths, e := o.open(ctx, r.Disks)
	if e != nil {
		return nil, e
	}
	if e := family(r.Disks, paths); e != nil {
		return nil, e
	}
	var parts []*media.Set
	for n, path := range paths {
		part, err := media.Read(path, position(r.With))
		if err != nil {
			return nil, mediaError(r.Disks[n], path, position(r.With), part, err)
		}
		if e := o.decrypt(part.Header); e != nil {
			return nil, e
		}
		parts = append(parts, part)
	}
	set := media.Join(parts)
	switch {
	case set.Version > o.inst.version.Major:
		return nil, fail(3169, strconv.Itoa(set.Version)+".00."+strconv.Itoa(set.Build), o.inst.version.Product)
	case r.With.Has("CHECKSUM") && !set.Checksums:
		return nil, fail(3187)
	}
	return set, nil
}

// open finds the real files of devices, as the service's account may read them.
func (o *operation) open(ctx context.Context, disks []string) (paths []string, e *tsql.Error) {
	w := o.inst.w
	w.mu.Lock()
	paths, e = o.resolve(disks)
	stalls, byHand := w.faults.stalls(o.inst.Name(), paths), w.instant && o.session == nil
	w.mu.Unlock()
	if stalls {
		if !byHand { // a job that runs while the clock is moved by hand takes no time
			_ = w.Clock.Wait(ctx, forever) // only its end ends this
		}
		return nil, fail(3204)
	}
	return paths, e
}

// forever is longer than anybody waits.
const forever = 100 * 365 * 24 * time.Hour

func (o *operation) resolve(disks []string) ([]string, *tsql.Error) {
	var paths []string
	for _, disk := range disks {
		path, e := o.inst.device(disk, false)
		if e != nil {
			return nil, e
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// family tells why files do not make up one media set.
func family(disks, paths []string) *tsql.Error {
	var first media.Label
	seen := map[int]string{}
	for n, path := range paths {
		l, err := media.ReadLabel(path)
		switch {
		case err != nil:
			return mediaError(disks[n], path, 1, nil, err)
		case l.Password, l.Odd:
			return refusedLabel(l)
		case n == 0:
			first = l
		case l.MediaSet != first.MediaSet:
			return fail(3258, disks[n])
		case seen[l.Sequence] != "":
			return fail(3227, disks[n], l.Sequence, seen[l.Sequence])
		}
		seen[l.Sequence] = disks[n]
	}
	if len(paths) < max(first.Families, 1) {
		return fail(3132, first.Families, len(paths))
	}
	return nil
}

// refusedLabel is why a media set cannot be read that has a label.
func refusedLabel(l media.Label) *tsql.Error {
	switch {
	case l.Password:
		return fail(3279)
	case l.Odd:
		return fail(3270)
	}
	return nil
}

// decrypt tells why the content of a set cannot be read.
func (o *operation) decrypt(h media.Header) *tsql.Error {
	if h.Thumbprint.IsZero() {
		return nil
	}
	return fail(33111, "certificate", thumbprint(h.Thumbprint))
}

// put writes a set to its devices, a part of it to each, whose disks may be full.
func (i *Instance) put(disks []string, set *media.Set, init bool) *tsql.Error {
	if len(disks) > maxDevices {
		return fail(3205, maxDevices)
	}
	w := i.w
	label := media.Label{MediaSet: w.guid(), Families: len(disks), Written: set.Finished, Software: "Microsoft SQL Server"}
	for n, part := range set.Split(len(disks)) {
		path, e := i.device(disks[n], true)
		if e != nil {
			return e
		}
		if w.faults.full[w.volume(path)] {
			return fail(3202, disks[n], osText(errDiskFull))
		}
		if l, before, err := media.Headers(path); err == nil && !init {
			if l.Families != len(disks) {
				return fail(3231, disks[n], l.Families, len(disks))
			}
			set.Position = len(before) + 1
		}
		label.Family, label.Sequence = w.guid(), n+1
		if err := media.Append(path, label, part, init); err != nil {
			return fail(3201, disks[n], osText(fileError(path, err)))
		}
	}
	return nil
}
