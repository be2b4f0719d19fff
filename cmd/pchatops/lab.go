package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"pchatops/ops/lab"
)

// labCommand serves a simulated site until it is interrupted.
func labCommand(g *global) *cobra.Command {
	var f labFlags
	var name string
	cmd := &cobra.Command{
		Use: "lab", Short: "Serve a simulated site for other clients", Args: cobra.NoArgs,
		Long: "Serve a simulated site on loopback until interrupted: SQL Server instances (TDS), Windows hosts (WinRM) and a control port.\n\nScenarios:\n" + scenarioHelp(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := startLab(cmd.Context(), f, name)
			if err != nil {
				return err
			}
			d := l.Describe()
			g.out(cmd).line(d, labWords(d))
			<-cmd.Context().Done()
			return l.Close()
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&name, "scenario", "healthy", "state of the site to start with")
	cmd.AddCommand(labControl(g))
	return cmd
}

func labWords(d lab.Description) string {
	var b strings.Builder
	fmt.Fprintf(&b, "site file   %s\nshare       %s\ncontrol     %s\n", d.Config, d.Share, d.Control)
	for _, i := range d.Instances {
		fmt.Fprintf(&b, "SQL Server  %-12s %s,%d  %s (password: see the secrets file beside the site file)\n", i.Name, i.Host, i.Port, i.Role)
	}
	for _, h := range d.Hosts {
		fmt.Fprintf(&b, "WinRM       %-12s %s://%s:%d/wsman  %s as %s\n", h.Name, h.Scheme, h.Host, h.Port, h.Role, h.User)
	}
	b.WriteString("interrupt to end")
	return b.String()
}

// labControl is the client of a lab's control port.
func labControl(g *global) *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use: "ctl [WHAT [KEY=VALUE]…]", Short: "Change the clock and the faults of a running lab",
		Long: "Change the clock and the faults of a running lab. Without arguments it lists what there is to change.",
		RunE: func(cmd *cobra.Command, args []string) error {
			answer, err := control(cmd, address, args)
			if err != nil {
				return err
			}
			line := struct {
				Type   string          `json:"type"`
				Answer json.RawMessage `json:"answer"`
			}{"control", answer}
			g.out(cmd).line(line, string(answer))
			return nil
		},
	}
	cmd.Flags().StringVar(&address, "control", "", "control address that the lab printed, with its token")
	_ = cmd.MarkFlagRequired("control") // the flag is there
	return cmd
}

func control(cmd *cobra.Command, address string, args []string) ([]byte, error) {
	method, body, what := http.MethodGet, io.Reader(nil), ""
	if len(args) > 0 {
		values := map[string]string{}
		for _, a := range args[1:] {
			k, v, ok := strings.Cut(a, "=")
			if !ok {
				return nil, usage("%q: it is KEY=VALUE", a)
			}
			values[k] = v
		}
		b, err := json.Marshal(values)
		if err != nil {
			return nil, err
		}
		method, body, what = http.MethodPost, bytes.NewReader(b), args[0]
	}
	req, err := knock(cmd.Context(), method, address, what, body)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, &exit{exitFailed, err}
	}
	defer res.Body.Close() //nolint:errcheck // read only
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil && res.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(answer)))
	}
	if err != nil {
		return nil, &exit{exitFailed, err}
	}
	return bytes.TrimSpace(answer), nil
}

// knock makes a request to the control port. The token of the address goes into
// a header, which no log of addresses keeps.
func knock(ctx context.Context, method, address, what string, body io.Reader) (*http.Request, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, usage("--control: the address that the lab printed, http://127.0.0.1:PORT/?token=TOKEN")
	}
	token := u.Query().Get("token")
	u.Path, u.RawQuery = "/"+what, ""
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, usage("--control: %v", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}
