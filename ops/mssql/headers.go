package mssql

import (
	"context"
	"database/sql"
	"strconv"

	"pchatops/ops/chain"
)

// Headers reads every backup set of a file as the server sees it. The number
// and order of its columns depend on the version of the server.
func (s *Server) Headers(ctx context.Context, path string) ([]chain.Header, error) {
	rows, err := s.read(ctx, "read the header of "+chain.Base(path),
		"RESTORE HEADERONLY FROM DISK = @file", sql.Named("file", path))
	if err != nil {
		return nil, err
	}
	out := make([]chain.Header, len(rows))
	for i, r := range rows {
		out[i] = header(path, r)
	}
	return out, nil
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
	}
}

// size is the size in the file: compressed where it is.
func size(r record) int64 {
	if n := r.int("compressedbackupsize", 0); n > 0 {
		return n
	}
	return whole(r.text("backupsize"))
}

// whole reads a numeric(20,0), which comes as text.
func whole(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
