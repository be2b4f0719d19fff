package mssql

import (
	"context"
	"fmt"
	"strconv"

	"pchatops/ops/chain"
	"pchatops/ops/fault"
	"pchatops/ops/procedures"
)

// Headers reads every backup set of a file as the server sees it.
func (s *Server) Headers(ctx context.Context, path string) ([]chain.Header, error) {
	media, err := s.HeadersOf(ctx, []string{path})
	if err != nil {
		return nil, err
	}
	return media[0].Sets, media[0].Err
}

// HeadersOf reads the backup sets of several files in one request. A RESTORE
// that fails ends its statement and not the batch, so that a bad file costs
// none of the others their answer.
func (s *Server) HeadersOf(ctx context.Context, paths []string) ([]procedures.Media, error) {
	var got *sheaf
	err := s.reading(ctx, "read the headers of "+files(paths), func(ctx context.Context, on querier) (err error) {
		got = newSheaf(len(paths))
		return got.read(ctx, on, paths)
	})
	if err != nil {
		return nil, err
	}
	out := make([]procedures.Media, len(paths))
	for i, path := range paths {
		out[i].Sets = got.sets(i, path)
		if out[i].Err = s.sqlFault("read the header of "+chain.Base(path), got.errs[i]); out[i].Err == nil && out[i].Sets == nil {
			out[i].Err = s.fault(fault.Media, "read the header of "+chain.Base(path), 0, "the server names no backup set in it", remedy[fault.Media])
		}
	}
	return out, nil
}

func files(paths []string) string {
	if len(paths) == 1 {
		return chain.Base(paths[0])
	}
	return fmt.Sprintf("%d files, first %s", len(paths), chain.Base(paths[0]))
}

func header(path string, r record) chain.Header {
	return chain.Header{
		File:        path,
		Position:    int(r.int("position", 1)),
		Type:        int(r.int("backuptype", 0)),
		Database:    r.text("databasename"),
		Server:      r.text("servername"),
		First:       r.lsn("firstlsn"),
		Last:        r.lsn("lastlsn"),
		Checkpoint:  r.lsn("checkpointlsn"),
		DatabaseLSN: r.lsn("databasebackuplsn"),
		Started:     r.time("backupstartdate"),
		Finished:    r.time("backupfinishdate"),
		Family:      r.text("familyguid"),
		Fork:        r.text("recoveryforkid"),
		FirstFork:   r.text("firstrecoveryforkid"),
		ForkPoint:   r.lsn("forkpointlsn"),
		Damaged:     r.is("isdamaged"),
		CopyOnly:    r.is("iscopyonly"),
		Tail:        r.is("isforceoffline"),
		Checksums:   r.is("hasbackupchecksums"),
		SetGUID:     r.text("backupsetguid"),
		Size:        size(r),
		Incomplete:  r.text("backupname") == incomplete,
	}
}

// incomplete is the name that SQL Server shows for a set that has no end.
const incomplete = "*** INCOMPLETE ***"

// size is the size in the file: compressed where it is.
func size(r record) int64 {
	if n := r.int("compressedbackupsize", whole(r.text("compressedbackupsize"))); n > 0 {
		return n // bigint on some versions, numeric on others
	}
	return whole(r.text("backupsize"))
}

// whole reads a numeric(20,0), which comes as text.
func whole(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
