package world

import (
	"context"
	"fmt"
	"strconv"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world/media"
)

// inform is RESTORE HEADERONLY, FILELISTONLY, LABELONLY or VERIFYONLY.
func (o *operation) inform(ctx context.Context, r tsql.Restore) *tsql.Error {
	if !o.sysadmin() {
		return fail(262, "CREATE DATABASE", "master")
	}
	if r.What == "VERIFYONLY" {
		return o.verify(ctx, r)
	}
	paths, e := o.open(ctx, r.Disks[:1]) // one member of a striped set tells of all
	if e != nil {
		return e
	}
	label, headers, err := media.Headers(paths[0])
	if r.What == "LABELONLY" && label.MediaSet != (media.GUID{}) {
		o.sink.Rows(o.labelRows(label, headers))
		return nil
	}
	n, _ := strconv.Atoi(r.With.Values["FILE"]) // 0: not given
	switch {
	case err != nil:
		return mediaError(r.Disks[0], paths[0], max(n, 1), nil, err)
	case refusedLabel(label) != nil:
		return refusedLabel(label)
	case n > len(headers):
		return fail(4038, n, r.Disks[0])
	}
	for _, h := range headers {
		if e := o.decrypt(h); e != nil && (!h.OpenHeader || r.What != "HEADERONLY") {
			return e
		}
	}
	h := headers[max(n, 1)-1]
	switch {
	case r.What == "HEADERONLY":
		o.sink.Rows(o.headerRows(headers, n))
	case h.Incomplete:
		return fail(3256, r.Disks[0])
	default:
		o.sink.Rows(o.fileRows(h))
	}
	return nil
}

// verify reads everything and restores nothing.
func (o *operation) verify(ctx context.Context, r tsql.Restore) *tsql.Error {
	set, e := o.set(ctx, r)
	if e != nil {
		if e.Number == 3183 {
			o.sink.Message(e)
			e = fail(3189)
		}
		return e
	}
	if !o.run(ctx, &database{name: set.Database}, set.Bytes) {
		return fail(3204)
	}
	o.sink.Message(fail(3262, 1))
	return nil
}

func (o *operation) headerRows(headers []media.Header, only int) *tsql.Rows {
	t := newTable(`BackupName nvarchar(128), BackupDescription nvarchar(255), BackupType smallint, ExpirationDate datetime,
		Compressed bit, Position smallint, DeviceType tinyint, UserName nvarchar(128), ServerName nvarchar(128),
		DatabaseName nvarchar(128), DatabaseVersion int, DatabaseCreationDate datetime, BackupSize numeric(20),
		FirstLSN numeric(25), LastLSN numeric(25), CheckpointLSN numeric(25), DatabaseBackupLSN numeric(25),
		BackupStartDate datetime, BackupFinishDate datetime, SortOrder smallint, CodePage smallint, UnicodeLocaleId int,
		UnicodeComparisonStyle int, CompatibilityLevel tinyint, SoftwareVendorId int, SoftwareVersionMajor int,
		SoftwareVersionMinor int, SoftwareVersionBuild int, MachineName nvarchar(128), Flags int,
		BindingID uniqueidentifier, RecoveryForkID uniqueidentifier, Collation nvarchar(128), FamilyGUID uniqueidentifier,
		HasBulkLoggedData bit, IsSnapshot bit, IsReadOnly bit, IsSingleUser bit, HasBackupChecksums bit, IsDamaged bit,
		BeginsLogChain bit, HasIncompleteMetaData bit, IsForceOffline bit, IsCopyOnly bit,
		FirstRecoveryForkID uniqueidentifier, ForkPointLSN numeric(25), RecoveryModel nvarchar(60),
		DifferentialBaseLSN numeric(25), DifferentialBaseGUID uniqueidentifier, BackupTypeDescription nvarchar(60),
		BackupSetGUID uniqueidentifier, CompressedBackupSize bigint, Containment tinyint, KeyAlgorithm nvarchar(32),
		EncryptorThumbprint varbinary(20), EncryptorType nvarchar(32)`)
	w := o.inst.w
	for n, h := range headers {
		if only != 0 && only != n+1 {
			continue
		}
		if h.Incomplete {
			t.add(incompleteRow(n+1, len(t.Columns))...)
			continue
		}
		t.add(orNull(h.Name), nil, int(h.Type), nil, h.Compressed, n+1, 2, h.User, h.Server,
			h.Database, internalVersion(h.Version), w.local(h.Created), strconv.FormatInt(h.Bytes, 10),
			h.First, h.Last, h.Checkpoint, h.DatabaseLSN,
			w.local(h.Started), w.local(h.Finished), 52, 0, 1033,
			196609, compatibility(h.Version), 4608, h.Version,
			minor(h.Version), h.Build, h.Machine, flags(h),
			h.Binding, h.Fork, collation, h.Family,
			false, false, false, h.SingleUser, h.Checksums, false,
			h.BeginsChain, false, h.Tail, h.CopyOnly,
			h.FirstFork, h.PointOfFork(), h.Recovery,
			nil, nil, typeDescription(h.Type),
			h.Set, h.Bytes, 0, nil, nil, nil)
	}
	if o.inst.version.Major < SQL2012.Major {
		t.without("Containment")
	}
	if o.inst.version.Major < SQL2014.Major {
		t.without("KeyAlgorithm", "EncryptorThumbprint", "EncryptorType")
	}
	return t.Rows
}

// incompleteRow is all that is known of a set that was never finished.
func incompleteRow(position, columns int) []any {
	row := make([]any, columns)
	row[0], row[4], row[5], row[6] = "*** INCOMPLETE ***", false, position, 2
	return row
}

func (o *operation) fileRows(h media.Header) *tsql.Rows {
	t := newTable(`LogicalName nvarchar(128), PhysicalName nvarchar(260), Type nvarchar(1), FileGroupName nvarchar(128),
		Size numeric(20), MaxSize numeric(20), FileID bigint, CreateLSN numeric(25), DropLSN numeric(25),
		UniqueID uniqueidentifier, ReadOnlyLSN numeric(25), ReadWriteLSN numeric(25), BackupSizeInBytes bigint,
		SourceBlockSize int, FileGroupID int, LogGroupGUID uniqueidentifier, DifferentialBaseLSN numeric(25),
		DifferentialBaseGUID uniqueidentifier, IsReadOnly bit, IsPresent bit, TDEThumbprint varbinary(32), SnapshotURL nvarchar(360)`)
	size := strconv.FormatInt(h.Bytes, 10)
	t.add(h.LogicalData, h.PhysicalData, "D", "PRIMARY", size, "35184372080640", 1, "0", "0", h.Family, "0", "0", h.Bytes,
		4096, 1, nil, h.Checkpoint, nil, false, true, nil, nil)
	t.add(h.LogicalLog, h.PhysicalLog, "L", nil, "1048576", "2199023255552", 2, "0", "0", h.Binding, "0", "0", 0,
		4096, 0, nil, "0", nil, false, true, nil, nil)
	if o.inst.version.Major < SQL2016.Major {
		t.without("SnapshotURL")
	}
	return t.Rows
}

func (o *operation) labelRows(l media.Label, headers []media.Header) *tsql.Rows {
	compressed := len(headers) > 0 && headers[0].Compressed
	t := newTable(`MediaName nvarchar(128), MediaSetId uniqueidentifier, FamilyCount int, FamilySequenceNumber int,
		MediaFamilyId uniqueidentifier, MediaSequenceNumber int, MediaLabelPresent tinyint, MediaDescription nvarchar(255),
		SoftwareName nvarchar(128), SoftwareVendorId int, MediaDate datetime, Mirror_Count int, IsCompressed bit`)
	t.add(nil, l.MediaSet, max(l.Families, 1), max(l.Sequence, 1), l.Family, 1, 0, nil, l.Software, 4608, o.inst.w.local(l.Written), 1, compressed)
	return t.Rows
}

const collation = "SQL_Latin1_General_CP1_CI_AS"

func minor(major int) int {
	if major == SQL2008R2.Major {
		return 50
	}
	return 0
}

// release finds the release of a major version, for what a header tells of it.
func release(major int) Version {
	for _, v := range []Version{SQL2008R2, SQL2012, SQL2014} {
		if v.Major == major {
			return v
		}
	}
	return SQL2016
}

func internalVersion(major int) int { return release(major).Internal }
func compatibility(major int) int   { return release(major).Compatibility }

func typeDescription(t media.Type) string {
	if t == media.Log {
		return "Transaction Log"
	}
	return "Database"
}

// flags are the bits of HEADERONLY's Flags column.
func flags(h media.Header) int {
	n := 0
	for bit, set := range map[int]bool{8: h.SingleUser, 16: h.Checksums, 64: h.Tail, 256: h.Tail} {
		if set {
			n |= bit
		}
	}
	return n
}

// thumbprint is a certificate's as SQL Server prints it.
func thumbprint(g media.GUID) string { return fmt.Sprintf("0x%X00000000", g[:]) }
