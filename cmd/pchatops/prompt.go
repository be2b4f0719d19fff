package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"pchatops/ops/site"
)

// prompter asks for secrets on the terminal.
type prompter struct{}

// Ask implements site.Prompter. The answer is not shown.
func (prompter) Ask(_ context.Context, question string) (string, error) {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return "", errors.New("a secret is to be asked for (" + clean(question) + "), and there is no terminal to ask on")
	}
	fmt.Fprintf(os.Stderr, "%s: ", clean(question))
	b, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	return string(b), err
}

// askAtStart makes the secrets of a site, and asks for every one that the site
// file leaves to the operator, before the screen is taken.
func askAtStart(ctx context.Context, s *site.Site) (*site.Secrets, error) {
	secrets := site.NewSecrets(prompter{})
	for _, c := range s.Credentials() {
		if c.Source != site.FromPrompt {
			continue
		}
		if _, err := secrets.Resolve(ctx, c); err != nil {
			return nil, err
		}
	}
	return secrets, nil
}
