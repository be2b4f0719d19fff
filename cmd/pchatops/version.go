package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"pchatops/ops/mgmt"
)

// versionCommand says which program this is, and by which hashes its texts are
// known on Windows hosts.
func versionCommand(g *global) *cobra.Command {
	var hashes bool
	cmd := &cobra.Command{
		Use: "version", Short: "Say which version this is", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := g.out(cmd)
			o.line(struct {
				Type    string `json:"type"`
				Version string `json:"version"`
				Commit  string `json:"commit,omitempty"`
				Go      string `json:"go"`
			}{"version", version, commit, runtime.Version()}, "pchatops "+version+" "+commit+" "+runtime.Version())
			if !hashes {
				return nil
			}
			for _, h := range mgmt.Hashes() {
				o.line(struct {
					Type   string `json:"type"`
					Name   string `json:"name"`
					Where  string `json:"where"`
					SHA256 string `json:"sha256"`
				}{"hash", h.Name, h.Where, h.SHA256}, fmt.Sprintf("%s  %s (%s)", h.SHA256, h.Name, h.Where))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&hashes, "hashes", false, "and the SHA-256 of every text that runs on Windows hosts")
	return cmd
}
