package windows_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestThePublishedTopologyIsToldInOneAnswer(t *testing.T) {
	s := start(t, nil)
	answer := s.call(t, "topology", object{"module": "Lync"}, "")
	stores := object{
		"primary": object{"fqdn": "sql01.litwareinc.com", "instance": "RTC"}, "mirror": nil,
		"backup":       object{"fqdn": "sql11.litwareinc.com", "instance": "RTC"},
		"backupMirror": object{"fqdn": "sql12.litwareinc.com", "instance": "RTC"},
	}
	require.Equal(t, []any{object{
		"identity": "PersistentChatServer:pchat.litwareinc.com", "pool": "pchat.litwareinc.com", "version": 6.0,
		"active": []any{"chat01.litwareinc.com"}, "idle": []any{"chat11.litwareinc.com"}, "stores": stores,
	}}, answer["services"])
	require.Equal(t, []any{object{"fqdn": "sql01.litwareinc.com", "instance": "RTC"}}, answer["databases"])
	require.Equal(t, []any{object{"fqdn": "sql01.litwareinc.com", "computers": []any{"sql01.litwareinc.com"}, "site": "dc1"}}, answer["pools"])
	sum := sha256.Sum256([]byte("<Topology />"))
	require.Equal(t, object{"sha256": hex.EncodeToString(sum[:]), "bytes": 12.0}, answer["document"])
	require.Equal(t, object{"document": answer["document"], "upToDate": true, "error": nil}, answer["replica"])
	require.Equal(t, "module", errorOf(t, s.call(t, "topology", object{"module": "SkypeForBusiness"}, ""))["kind"])

	out, _, _ := s.run(t, "powershell Get-CsPool", "")
	require.Contains(t, out, "Site      : Site:dc1\r\n")
	out, _, _ = s.run(t, "powershell Get-CsTopology -AsXml", "")
	require.Contains(t, out, "<Topology />")
}
