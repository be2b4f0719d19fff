package plain

import (
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pchatops/tui/tuitest"
)

// teletype is an operator at a line printer: types lines, and reads the paper
// from where they last stopped.
type teletype struct {
	t     *testing.T
	keys  *io.PipeWriter
	paper *paper
	clock *clock
	ended chan error
	stop  context.CancelFunc
}

// paper keeps what was printed.
type paper struct {
	mu   sync.Mutex
	text string
	read int // up to here
	more chan struct{}
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	p.text += string(b)
	p.mu.Unlock()
	select {
	case p.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

// sit begins a conversation about an incident at a width.
func sit(t *testing.T, f *tuitest.Incident, width int) *teletype {
	t.Helper()
	return begin(t, width, func(ctx context.Context, o Options) error {
		o.Incident = f
		return converse(ctx, o, f)
	})
}

func begin(t *testing.T, width int, talk func(context.Context, Options) error) *teletype {
	t.Helper()
	in, keys := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	y := &teletype{t: t, keys: keys, paper: &paper{more: make(chan struct{}, 1)}, clock: newClock(), ended: make(chan error, 1), stop: stop}
	go func() {
		y.ended <- talk(ctx, Options{Site: estate(), In: in, Out: y.paper, Width: width, Clock: y.clock})
	}()
	t.Cleanup(func() {
		stop()
		_ = keys.Close()
		_ = in.Close()
	})
	return y
}

// types types lines, each with its line end.
func (y *teletype) types(lines ...string) *teletype {
	y.t.Helper()
	for _, l := range lines {
		_, err := io.WriteString(y.keys, l+"\n")
		require.NoError(y.t, err)
	}
	return y
}

// reads waits until all parts have been printed one after the other, beyond
// what was read before. Where lines were broken does not matter.
func (y *teletype) reads(parts ...string) *teletype {
	y.t.Helper()
	deadline := time.After(2 * time.Minute)
	for _, part := range parts {
		for !y.paper.pass(part) {
			select {
			case <-y.paper.more:
			case <-deadline:
				require.FailNow(y.t, "not printed: "+part, "unread: %s\nall:\n%s", y.paper.unread(), y.all())
			}
		}
	}
	return y
}

// pass reads on behind part, if that is there.
func (p *paper) pass(part string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := flat(p.text)
	i := strings.Index(text[p.read:], part)
	if i >= 0 {
		p.read += i + len(part)
	}
	return i >= 0
}

func (p *paper) unread() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return flat(p.text)[p.read:]
}

func (y *teletype) all() string {
	y.paper.mu.Lock()
	defer y.paper.mu.Unlock()
	return y.paper.text
}

// flat undoes the breaking of lines.
func flat(s string) string { return broken.ReplaceAllString(s, " ") }

var broken = regexp.MustCompile(`\n +`)

// end waits for the end of the conversation.
func (y *teletype) end() error {
	y.t.Helper()
	select {
	case err := <-y.ended:
		return err
	case <-time.After(2 * time.Minute):
		require.FailNow(y.t, "the conversation does not end", y.all())
		return nil
	}
}

// count tells how often something stands on the paper.
func (y *teletype) count(part string) int { return strings.Count(flat(y.all()), part) }
