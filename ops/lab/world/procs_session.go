package world

import (
	"context"
	"strings"
	"time"

	"pchatops/ops/lab/tsql"
)

// sessionProcs show sessions and take application locks.
var sessionProcs = map[string]procedure{
	"sp_who2": {home: "master", run: func(c *call) (int, *tsql.Error) {
		rows := who2(c.s)
		if c.has("@loginame") {
			rows = filterWho(rows, c.str("@loginame"), 2, 0)
		}
		c.rows(rows)
		return 0, nil
	}, params: params("@loginame sysname = null")},
	"sp_who": {home: "master", run: func(c *call) (int, *tsql.Error) {
		rows := who(c.s)
		if c.has("@loginame") {
			rows = filterWho(rows, c.str("@loginame"), 3, 0)
		}
		c.rows(rows)
		return 0, nil
	}, params: params("@loginame sysname = null")},
	"sp_getapplock": {home: "master", wait: getAppLock, params: params(
		"@Resource nvarchar(255), @LockMode nvarchar(32), @LockOwner nvarchar(32) = Transaction, @LockTimeout int = -1, @DbPrincipal sysname = public")},
	"sp_releaseapplock": {home: "master", run: releaseAppLock, params: params(
		"@Resource nvarchar(255), @LockOwner nvarchar(32) = Transaction, @DbPrincipal sysname = public")},
}

// filterWho keeps the rows of a login, of a session id, or what is active.
func filterWho(rows *tsql.Rows, wanted string, login, spid int) *tsql.Rows {
	out := &tsql.Rows{Columns: rows.Columns}
	for _, r := range rows.Values {
		id, isText := r[spid].(string)
		if !isText {
			id = digits(r[spid].(int64))
		}
		command, _ := r[len(r)-2].(string)
		active := strings.EqualFold(wanted, "active") && !strings.HasPrefix(command, "AWAITING")
		if active || strings.EqualFold(strings.TrimSpace(r[login].(string)), wanted) || strings.TrimSpace(id) == wanted {
			out.Values = append(out.Values, r)
		}
	}
	return out
}

// tranOwner tells who is to own a lock; false: the words are wrong, or there
// is no transaction to own it.
func (c *call) tranOwner() (tran, ok bool) {
	switch strings.ToLower(c.str("@LockOwner")) {
	case "session":
		return false, true
	case "transaction":
		return true, c.s.tran
	}
	return false, false
}

func getAppLock(ctx context.Context, c *call) (int, *tsql.Error) {
	w := c.inst().w
	w.mu.Lock()
	tran, ok := c.tranOwner()
	w.mu.Unlock()
	mode := spelledMode(c.str("@LockMode"))
	if !ok || mode == "" || c.str("@Resource") == "" || c.num("@LockTimeout") < -1 {
		return lockInvalid, nil
	}
	timeout := time.Duration(c.num("@LockTimeout")) * time.Millisecond
	if c.num("@LockTimeout") == -1 {
		timeout = -1
	}
	return c.s.lock(ctx, appLock{c.str("@Resource"), mode, tran}, timeout), nil
}

func releaseAppLock(c *call) (int, *tsql.Error) {
	tran, ok := c.tranOwner()
	if !ok || !c.s.unlock(c.str("@Resource"), tran) {
		return lockInvalid, fail(1223, c.str("@Resource"))
	}
	return 0, nil
}
