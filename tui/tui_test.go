package tui_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPeek(t *testing.T) {
	for _, s := range [][2]int{{80, 24}, {100, 30}, {120, 40}, {40, 12}} {
		f := newFake(failover())
		d := console(t, f, s[0], s[1])
		t.Log("\n" + d.Screen())
		f.plans["F1"] = plan(`SQL11\RTC`, "exec master.dbo.sp_delete_log_shipping_secondary_database @secondary_database = N'mgc'", "")
		f.plans["F4b"] = plan(`SQL11\RTC`, "RESTORE DATABASE [mgc] WITH RECOVERY", "lose 15 minutes")
		f.plans["F4b"].Loss = "chat since 02:45:00 UTC, 15 minutes"
		d.Press("enter")
		t.Log("\n" + d.Screen())
		d.Press("esc", "j", "j", "j", "j", "enter")
		t.Log("\n" + d.Screen())
	}
}
