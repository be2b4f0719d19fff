package mgmt

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/fault"
	"pchatops/ops/lab/windows"
)

// A host whose command shell prints something first answers all the same; what is
// damaged is said to be, and why.
func TestAnAnswerIsFoundAmongWhatAHostWritesOrSaidToBeDamaged(t *testing.T) {
	const whole = `{"ok":true,"state":"Normal","active":["größe"]}` + "\n"
	for name, c := range map[string]struct{ out, says string }{
		"as written":               {whole, ""},
		"behind AutoRun":           {"Active code page: 850\r\n\r\nC:\\>rem\r\n" + whole, ""},
		"behind another code page": {"Gr\x81\xe1e\r\n" + whole, ""},
		"300 kB in one line":       {strings.Repeat("x", 300<<10) + "\r\n" + whole, "307202 bytes come before the answer"},
		"300 kB joined to it":      {strings.Repeat("x", 300<<10) + whole, "something is written into it"},
		"doubled":                  {whole + whole, "more than one answer"},
		"cut":                      {whole[:30], "cut off after 30 bytes"},
		"cut to nothing":           {`{"o`, "there is no answer"},
		"something behind it":      {whole + "Transcript stopped.\r\n", "behind it"},
		"another code page":        {strings.ReplaceAll(whole, "ö", "\x94"), "another code page"},
		"UTF-16":                   {string(windows.Outputs["utf-16"]([]byte(whole))), "UTF-16"},
		"noise alone":              {"Active code page: 850\r\n", "there is no answer"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t, on(receive, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, received(c.out, "", 0)) }))
			var got struct{ Active []string }
			err := p.host(t, nil).Call(t.Context(), HostFacts, struct{}{}, "", &got)
			if c.says == "" {
				require.NoError(t, err)
				require.Equal(t, []string{"größe"}, got.Active)
				return
			}
			require.Equal(t, fault.Other, fault.ClassOf(err), "%v", err)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, "AutoRun")
			require.Less(t, len(err.Error()), 2000)
		})
	}
}

// Every way in which a host of the lab spoils its output is borne, or named.
func TestWhatAHostDoesToOutputIsBorneOrNamed(t *testing.T) {
	e := newEstate(t)
	for name := range windows.Outputs {
		m := newMachine(t, e, "FE11", nil)
		m.Manners = func() windows.Manners { return windows.Manners{Output: name} }
		got, err := shellOn(t, fast(), m).Pool(t.Context())
		if name == "autorun" {
			require.NoError(t, err, name)
			require.Equal(t, "Normal", got.State)
			continue
		}
		require.ErrorContains(t, err, "unreadable answer", name)
		require.ErrorContains(t, err, "FE11", name)
	}
}

func TestConstrainedLanguageModeIsNamed(t *testing.T) {
	m := newMachine(t, newEstate(t), "FE11", nil)
	m.Manners = func() windows.Manners { return windows.Manners{Constrained: true} }
	_, err := shellOn(t, fast(), m).Pool(t.Context())
	require.Equal(t, fault.Permission, fault.ClassOf(err), "%v", err)
	require.ErrorContains(t, err, "ConstrainedLanguage")
	require.ErrorContains(t, err, "AppLocker")
}
