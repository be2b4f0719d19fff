package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/term"
)

// prompter asks for secrets on the terminal, each question once.
type prompter struct {
	mu      sync.Mutex
	answers map[string]string
}

func newPrompter() *prompter { return &prompter{answers: map[string]string{}} }

// Ask implements site.Prompter. The answer is not shown.
func (p *prompter) Ask(_ context.Context, question string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, ok := p.answers[question]; ok {
		return a, nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return "", errors.New("a secret is to be asked for (" + clean(question) + "), and there is no terminal to ask on")
	}
	fmt.Fprintf(os.Stderr, "%s: ", clean(question))
	b, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return "", err
	}
	p.answers[question] = string(b)
	return string(b), nil
}
