package mgmt

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/ops/doctor"
	"pchatops/ops/truth"
)

// The probe writes where it was told, deletes what it wrote and what an earlier one
// left, and says why a folder was not written to.
func TestPowerShellProbesAndLeavesNothing(t *testing.T) {
	stubs := filepath.Join(truth.Dir(), "stubs")
	if truth.Dir() == "" {
		t.Skip("there are no stand-ins for a Windows host: the scripts are not run")
	}
	root, good := t.TempDir(), t.TempDir()
	old := filepath.Join(good, "pchatops-probe-old.tmp")
	require.NoError(t, os.WriteFile(old, nil, 0o600))
	require.NoError(t, os.Chtimes(old, time.Now().Add(-2*time.Hour), time.Now().Add(-2*time.Hour)))
	r := doctor.ProbeRequest{
		Module: "SkypeForBusiness", Pool: "pool.litwareinc.com", SQL: []string{}, WhatIf: []doctor.WhatIf{},
		Folders: []doctor.ProbeFolder{{Code: "share", Path: good}, {Code: "copy-folder", Path: good + "/gone"}},
		Cmdlets: append(Sent, doctor.ProbeCmdlet{Name: "Set-CsPersistentChatState", Parameters: []string{"Identity", "Purpose"}}),
	}
	const id = "pchatops-probe-one"
	var input []byte
	for _, a := range []asking{
		{script: JobStart(probeJob), request: startRequest{ID: id, Ask: "a", Kind: probeJob, RunAs: `LITWARE\ops`, Wait: 20_000, Request: r, NotAfter: never}},
		{script: JobPoll, request: pollRequest{ID: id, Wait: 20_000}},
		{script: ProbeSweep, request: idRequest{id}},
		{script: JobPoll, request: pollRequest{ID: id}},
	} {
		one, err := a.script.input(a.request, "secret")
		require.NoError(t, err)
		input = append(input, one...)
	}
	out := powershell(t, ". $env:TESTHOST_INIT\n"+windowsHost+several, input,
		"PSModulePath="+stubs, "TESTHOST_STUBS="+stubs, "TESTHOST_INIT="+standIns(t), "TESTHOST_ROOT="+root, "TESTHOST_JSON=5", "TESTHOST_PASSWORD=secret")
	var answers []json.RawMessage
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var one json.RawMessage
		require.NoError(t, d.Decode(&one), "%s", out)
		answers = append(answers, one)
	}
	require.Len(t, answers, 4, "%s", out)
	var view probeView
	require.NoError(t, json.Unmarshal(answers[1], &view))
	into := doctor.Host{}
	(&Probing{host: &Host{}, view: view}).take(view.Result, &into)
	require.NoError(t, into.Started)
	p := into.Probe
	require.NotNil(t, p)
	require.Len(t, p.Folders, 2)
	require.True(t, p.Folders[0].Written, "%+v", p.Folders[0].Error)
	require.Empty(t, p.Folders[0].Left)
	require.Equal(t, int32(3), p.Folders[1].Error.Code)
	names, err := filepath.Glob(filepath.Join(good, "*"))
	require.NoError(t, err)
	require.Empty(t, names)
	require.Len(t, p.Cmdlets, 4)
	for _, c := range p.Cmdlets {
		require.True(t, c.Found, c.Name)
	}
	require.Equal(t, []string{"Purpose"}, p.Cmdlets[3].Lacks)
	require.JSONEq(t, `{"ok":true,"left":[]}`, string(answers[2]))
	var gone probeView
	require.NoError(t, json.Unmarshal(answers[3], &gone))
	require.False(t, gone.Exists)
	_, err = os.Stat(filepath.Join(root, "ProgramData/pchatops/jobs", id))
	require.ErrorIs(t, err, os.ErrNotExist)
}
