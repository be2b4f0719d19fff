package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"pchatops/ops/site"
)

// validateCommand checks the site file without contacting anything.
func validateCommand(g *global) *cobra.Command {
	var schema bool
	cmd := &cobra.Command{
		Use: "validate", Short: "Check the site file; contact nothing", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema {
				_, err := cmd.OutOrStdout().Write(site.Schema())
				return err
			}
			s, err := g.load()
			if err != nil {
				return err
			}
			warnings, err := secretsIn(cmd.Context(), s)
			if err != nil {
				return &exit{exitUsage, err}
			}
			for _, w := range s.Warnings {
				warnings = append(warnings, w.String())
			}
			for _, w := range warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), clean(w)) //nolint:errcheck // stderr is all there is
			}
			line := struct {
				Type     string `json:"type"`
				Site     string `json:"site"`
				File     string `json:"file"`
				Warnings int    `json:"warnings"`
			}{"valid", s.Name, s.Path, len(warnings)}
			g.out(cmd).line(line, fmt.Sprintf("%s is valid: site %s, %d instances, %d hosts", s.Path, s.Name, len(s.Instances), len(s.Hosts)))
			return nil
		},
	}
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON schema of the site file")
	return cmd
}

// secretsIn takes each secret from the file that is to hold it, as the console
// does. That one is missing deserves a look: this may be another machine. One that
// the console would not take is an error.
func secretsIn(ctx context.Context, s *site.Site) (warnings []string, err error) {
	secrets := site.NewSecrets(nil)
	for _, c := range s.Credentials() {
		if c.Source != site.FromFile {
			continue
		}
		switch _, bad := secrets.Resolve(ctx, c); {
		case errors.Is(bad, fs.ErrNotExist):
			warnings = append(warnings, bad.Error())
		case bad != nil:
			err = errors.Join(err, bad)
		}
	}
	return warnings, err
}
