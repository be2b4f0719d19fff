package world

import (
	"context"
	"os"
	"strings"

	"pchatops/ops/lab/tsql"
)

// serverProcs ask the server about itself and its files.
var serverProcs = map[string]procedure{
	"xp_servicecontrol": {home: "master", admin: true, run: serviceControl, params: params("@action nvarchar(20), @service nvarchar(128)")},
	"xp_fileexist":      {home: "master", wait: onFiles(fileExist), params: params("@filename nvarchar(260), @exists int = null")},
	"xp_dirtree":        {home: "master", wait: onFiles(dirTree), params: params("@path nvarchar(260), @depth int = 0, @file int = 0")},
	"xp_fixeddrives":    {home: "master", wait: onFiles(fixedDrives)},
	"xp_instance_regread": {home: "master", admin: true, run: regRead, params: params(
		"@root nvarchar(260), @key nvarchar(260), @value_name nvarchar(260), @value nvarchar(4000) = null, @no_output nvarchar(20) = null")},
	"xp_regread": {home: "master", admin: true, run: regRead, params: params(
		"@root nvarchar(260), @key nvarchar(260), @value_name nvarchar(260), @value nvarchar(4000) = null, @no_output nvarchar(20) = null")},
	"sp_dbmmonitorresults": {home: "msdb", admin: true, run: monitorResults, params: params("@database_name sysname, @mode int = 0, @update_table int = 0")},
	"sp_dbmmonitorupdate":  {home: "msdb", admin: true, run: monitorUpdate, params: params("@database_name sysname = null")},
	"sp_helpdb":            {home: "master", run: helpDB, params: params("@dbname sysname = null")},
	"sp_server_info": {home: "master", run: func(c *call) (int, *tsql.Error) {
		t := newTable("attribute_id int, attribute_name nvarchar(60), attribute_value nvarchar(255)")
		t.add(1, "DBMS_NAME", "Microsoft SQL Server")
		t.add(2, "DBMS_VER", c.inst().version.Name+" - "+c.inst().version.Product)
		c.rows(t.Rows)
		return 0, nil
	}, params: params("@attribute_id int = null")},
}

func serviceControl(c *call) (int, *tsql.Error) {
	if !strings.EqualFold(c.str("@action"), "QueryState") {
		return 1, fail(22001, "xp_servicecontrol", "this lab's services are not started or stopped from T-SQL")
	}
	state := "Running."
	if strings.HasPrefix(strings.ToLower(c.str("@service")), "sqlagent") || strings.EqualFold(c.str("@service"), "SQLServerAGENT") {
		if !c.inst().agent.running {
			state = "Stopped."
		}
	}
	t := newTable("state nvarchar(255)")
	t.Columns[0].Name = "Current Service State"
	t.add(state)
	c.rows(t.Rows)
	return 0, nil
}

// onFiles is a procedure that looks at the file system. Where that hangs, nothing ends
// it: no attention, no KILL.
func onFiles(run func(*call) (int, *tsql.Error)) func(context.Context, *call) (int, *tsql.Error) {
	return func(_ context.Context, c *call) (int, *tsql.Error) {
		w := c.inst().w
		w.mu.Lock()
		defer w.mu.Unlock()
		for c.inst().hangs {
			changed := w.lockChange()
			w.mu.Unlock()
			<-changed
			w.mu.Lock()
		}
		return run(c)
	}
}

// fileExist looks with the service account's eyes.
func fileExist(c *call) (int, *tsql.Error) {
	file, dir, parent := 0, 0, 0
	name := c.str("@filename")
	if path, err := c.inst().file(Engine, name, false); err == nil {
		if info, err := os.Stat(path); err == nil {
			file, dir, parent = bit(!info.IsDir()), bit(info.IsDir()), 1
		}
	}
	if c.inst().keeps(name) {
		dir, parent = 1, 1
	}
	if above := name[:max(strings.LastIndex(name, `\`), 0)]; parent == 0 && above != "" {
		if path, err := c.inst().file(Engine, above, false); err == nil {
			if _, err := os.Stat(path); err == nil {
				parent = 1
			}
		}
	}
	if c.wants["@exists"] {
		c.out["@exists"] = file
		return 0, nil
	}
	t := newTable("a tinyint, b tinyint, c tinyint")
	for n, title := range []string{"File Exists", "File is a Directory", "Parent Directory Exists"} {
		t.Columns[n].Name = title
	}
	t.add(file, dir, parent)
	c.rows(t.Rows)
	return 0, nil
}

// dirTree lists a folder; one that cannot be read has no rows and no error.
func dirTree(c *call) (int, *tsql.Error) {
	t := newTable("subdirectory nvarchar(512), depth int, file int")
	withFiles := c.num("@file") != 0
	if path, err := c.inst().file(Engine, c.str("@path"), false); err == nil {
		entries, _ := os.ReadDir(path) // unreadable: no rows, as the real one
		for _, e := range entries {
			if e.IsDir() || withFiles {
				t.add(e.Name(), 1, bit(!e.IsDir()))
			}
		}
	}
	if !withFiles {
		t.without("file")
	}
	c.rows(t.Rows)
	return 0, nil
}

// fixedDrives tells of the volumes of the host; one that is full has nothing left.
func fixedDrives(c *call) (int, *tsql.Error) {
	t := newTable("drive nvarchar(1), free int")
	t.Columns[1].Name = "MB free"
	for _, drive := range drives {
		t.add(string(drive), c.inst().w.volumeOf(c.inst().host, string(drive)+`:\`).free>>20)
	}
	c.rows(t.Rows)
	return 0, nil
}

func regRead(c *call) (int, *tsql.Error) {
	value := any(nil)
	switch strings.ToLower(c.str("@value_name")) {
	case "backupdirectory":
		value = backupFolder
	case "defaultdata", "defaultlog":
		if c.inst().version.Major >= SQL2012.Major { // setup of older ones wrote them only where somebody chose a folder
			value = dataFolder
		}
	}
	if value == nil {
		return 1, fail(22001, "RegQueryValueEx()", "The system cannot find the file specified.")
	}
	if c.wants["@value"] {
		c.out["@value"] = value
		return 0, nil
	}
	t := newTable("Value nvarchar(260), Data nvarchar(4000)")
	t.add(c.str("@value_name"), value)
	c.rows(t.Rows)
	return 0, nil
}

func monitorResults(c *call) (int, *tsql.Error) {
	rows := mirrorMonitor(c.s, c.str("@database_name"))
	if len(rows.Values) == 0 {
		return 1, fail(32039, c.str("@database_name"))
	}
	c.rows(rows)
	return 0, nil
}

func monitorUpdate(*call) (int, *tsql.Error) { return 0, nil } // the lab's rows are always fresh

func helpDB(c *call) (int, *tsql.Error) {
	t := newTable("name sysname, db_size nvarchar(13), owner sysname, dbid smallint, created nvarchar(11), status nvarchar(600), compatibility_level tinyint")
	for _, d := range c.inst().databases {
		if c.has("@dbname") && !strings.EqualFold(d.name, c.str("@dbname")) {
			continue
		}
		t.add(d.name, "     32.00 MB", "sa", d.id, c.inst().w.local(d.created).Format("Jan 02 2006"),
			"Status="+d.state+", Updateability=READ_WRITE, UserAccess="+d.access+", Recovery="+d.recovery, c.inst().version.Compatibility)
	}
	if len(t.Values) == 0 {
		return 1, fail(15010, c.str("@dbname"))
	}
	c.rows(t.Rows)
	return 0, nil
}
