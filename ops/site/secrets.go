package site

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/zalando/go-keyring"

	"pchatops/ops/fault"
)

// Prompter asks the operator for a secret, without an echo.
type Prompter interface {
	Ask(ctx context.Context, question string) (string, error)
}

// Secrets finds the secrets that credentials refer to. It is safe for several
// goroutines.
type Secrets struct {
	prompter Prompter
	asking   chan struct{}     // one question at a time
	answers  map[string]Secret // by question; guarded by asking
}

// NewSecrets makes a resolver. Without a prompter (a console without a
// terminal), credentials that ask are refused.
func NewSecrets(p Prompter) *Secrets {
	return &Secrets{prompter: p, asking: make(chan struct{}, 1), answers: map[string]Secret{}}
}

// maxSecret bounds what is taken for a secret; a private key fits.
const maxSecret = 64 << 10

// Resolve gives the secret of a credential. Only prompted secrets are
// remembered, so a password that changed in its store is found.
func (s *Secrets) Resolve(ctx context.Context, c Credential) (Secret, error) {
	value, err := s.find(ctx, c)
	switch {
	case err != nil:
	case value == "":
		err = errEmpty
	case len(value) > maxSecret:
		err = fmt.Errorf("it is %w than %d bytes", errLarger, maxSecret)
	default:
		return NewSecret(value), nil
	}
	if errors.Is(err, context.Canceled) {
		return Secret{}, err
	}
	tried := fmt.Sprintf("get the secret of credential %s from %s", c.Name, c.Source)
	if shared := sharedFile(tried, err); shared != nil {
		return Secret{}, shared
	}
	return Secret{}, &fault.Error{Class: fault.Config, Tried: tried, Text: err.Error(), Do: remedy(c, err), Cause: err}
}

// remedy says what mends the source of a credential.
func remedy(c Credential, err error) string {
	var none *noEntryError
	if errors.As(err, &none) {
		return fmt.Sprintf("add a line `%s: secret` to %s, or correct the key in the site file", none.key, none.path)
	}
	switch {
	case c.Source != FromFile:
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("put the file %s there, mode 0600, or correct its path in the site file", c.Ref)
	case errors.Is(err, errNoList):
		return fmt.Sprintf("write %s as lines `key: secret`, or leave the key out of the site file where the file is one secret", c.Ref)
	case errors.Is(err, errLarger):
		return fmt.Sprintf("%s is no file of secrets: correct the path in the site file", c.Ref)
	case errors.Is(err, errEmpty):
		return fmt.Sprintf("write the secret into %s", c.Ref)
	}
	return remedies[c.Source]
}

// What is wrong with a source that can be read.
var (
	errEmpty  = errors.New("it is empty")
	errLarger = errors.New("larger")
	errNoList = errors.New("holds no list of `key: secret` lines")
)

var remedies = map[Source]string{
	FromEnv:     "set the environment variable before starting the console",
	FromFile:    "let the file belong to the account that runs the console, mode 0600 (chmod 600)",
	FromKeyring: "store the item in the keyring of the account that runs the console, and unlock it",
	FromCommand: "run the command by hand and see what it says",
	FromPrompt:  "start the console on a terminal, or let the credential name another source",
}

func (s *Secrets) find(ctx context.Context, c Credential) (string, error) {
	switch c.Source {
	case FromEnv:
		v, ok := os.LookupEnv(c.Ref)
		if !ok {
			return "", fmt.Errorf("the environment variable %s is not set", c.Ref)
		}
		return v, nil
	case FromFile:
		return fromFile(c.Ref, c.Key)
	case FromKeyring:
		return fromKeyring(c)
	case FromCommand:
		return fromCommand(ctx, c.Ref)
	case FromPrompt:
		return s.ask(ctx, c.Ref)
	}
	return "", errors.New("the credential refers to no secret")
}

func fromKeyring(c Credential) (string, error) {
	user := c.Key
	if user == "" {
		user = c.User
	}
	v, err := keyring.Get(c.Ref, user)
	if err != nil {
		return "", fmt.Errorf("keyring service %s, user %s: %w", c.Ref, user, err)
	}
	return v, nil
}

// ask puts each question once, one after the other: five instances that share
// a login must not ask five times.
func (s *Secrets) ask(ctx context.Context, question string) (string, error) {
	if s.prompter == nil {
		return "", errors.New("nobody can be asked: the console has no terminal")
	}
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if known, ok := s.answers[question]; ok {
		return known.Reveal(), nil
	}
	v, err := s.prompter.Ask(ctx, question)
	if v = strings.TrimRight(v, "\r\n"); err == nil && v != "" {
		s.answers[question] = NewSecret(v)
	}
	return v, err
}
