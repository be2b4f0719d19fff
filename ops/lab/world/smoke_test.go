package world

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pchatops/ops/lab/tsql"
)

type tape struct {
	errs []*tsql.Error
	rows []*tsql.Rows
}

func (t *tape) Message(e *tsql.Error) { t.errs = append(t.errs, e) }
func (t *tape) Rows(r *tsql.Rows)     { t.rows = append(t.rows, r) }

func TestSmoke(t *testing.T) {
	began := time.Now()
	w, err := New(Config{Seed: 1, Dir: t.TempDir(), Start: time.Date(2026, 11, 21, 3, 2, 0, 0, time.UTC)}.Failover())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	fmt.Println("built in", time.Since(began))
	i := w.Instance(`SQL11\RTC`)
	h, closeIt, e := i.Login(LoginRequest{User: "sa", Password: i.Password("sa"), App: "test"})
	if e != nil {
		t.Fatal(e)
	}
	defer closeIt()
	for db, names := range map[string]map[string]view{"": systemViews, "msdb": msdbTables} {
		for name := range names {
			schema := "sys"
			if db == "msdb" {
				schema = "dbo"
			}
			r, e, ok := h.View(db, schema, name)
			if !ok || e != nil {
				t.Error(name, e, ok)
				continue
			}
			fmt.Println(name, len(r.Values))
		}
	}
	share, _ := w.Backups(Share)
	folder, _ := w.Backups(Folder)
	fmt.Println(len(share), len(folder), folder[len(folder)-1], share[len(share)-1])
	r, _, _ := h.View("msdb", "dbo", "log_shipping_monitor_secondary")
	fmt.Println(r.Values)
	fmt.Printf("%+v\n", w.Ledger())
	tp := &tape{}
	e = h.Restore(context.Background(), tsql.Restore{What: "LOG", Database: "mgc", Disks: []string{Folder + `\` + folder[0]}, With: options("NORECOVERY")}, tp)
	fmt.Println(e, tp.errs)
}
