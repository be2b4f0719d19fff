package main

import (
	"runtime"

	"github.com/spf13/cobra"
)

// versionCommand says which program this is.
func versionCommand(g *global) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which version this is", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := struct {
				Type    string `json:"type"`
				Version string `json:"version"`
				Commit  string `json:"commit,omitempty"`
				Go      string `json:"go"`
			}{"version", version, commit, runtime.Version()}
			g.out(cmd).line(v, "pchatops "+version+" "+commit+" "+runtime.Version())
			return nil
		},
	}
}
