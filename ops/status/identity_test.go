package status

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/site"
)

func TestAServerSpeaksForNobodyElse(t *testing.T) {
	has := Database{Exists: true, State: "RESTORING"}
	for name, c := range map[string]struct {
		role   site.Role
		called string
		has    Database
		says   string // "": it is itself
	}{
		"itself":                                   {site.Mirror, `SQL02\RTC`, Database{}, ""},
		"itself, in small letters":                 {site.Mirror, `sql02\rtc`, Database{}, ""},
		"a server that does not tell its name":     {site.Mirror, "", Database{}, ""},
		"an alias's server with the database":      {site.Primary, `NODE7\RTC`, has, ""},
		"another of the site":                      {site.Mirror, `SQL03\RTC`, Database{}, `calls itself SQL03\RTC, which is the witness of the site file`},
		"another of the site with the database":    {site.Primary, `sql11\rtc`, has, `which is the secondary of the site file`},
		"a stranger without the database":          {site.Mirror, `SQL77\RTC`, Database{}, `calls itself SQL77\RTC and has no mgc`},
		"a stranger at the primary's address":      {site.Primary, `SQL01\OTHER`, Database{}, `calls itself SQL01\OTHER and has no mgc`},
		"a stranger who need not have it":          {site.Witness, `SQL77\RTC`, Database{}, ""},
		"a stranger who is to become a mirror yet": {site.SecondaryMirror, `SQL77\RTC`, Database{}, ""},
	} {
		estate := litware()
		estate.Database = "mgc"
		in, _ := estate.Instance(c.role)
		m := Mistaken(estate, in, Facts{ServerName: c.called, Database: c.has})
		if c.says == "" {
			require.Nil(t, m, name)
			continue
		}
		require.NotNil(t, m, name)
		require.Contains(t, m.Error(), c.says, name)
		require.Contains(t, m.Do, "correct the address of "+in.Address(), name)
		require.True(t, m.Reach.Landed(), name)
	}
}
