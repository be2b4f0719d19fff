package drive

import (
	"errors"
	"strings"
	"time"
)

var errEnded = errors.New("the console has ended")

// sees waits until a condition holds on the terminal. It fails the test when
// it does not come true, and says so when the program ends before.
func (d *Console) sees(deadline time.Time, holds func() bool) error {
	d.t.Helper()
	wake := time.AfterFunc(time.Until(deadline), d.term.wake)
	defer wake.Stop()
	d.term.mu.Lock()
	defer d.term.mu.Unlock()
	for !holds() {
		select {
		case <-d.done:
			return errEnded
		default:
		}
		if !time.Now().Before(deadline) {
			d.t.Fatalf("it does not happen; the screen:\n%s", strings.Join(d.term.text(), "\n"))
		}
		d.term.changed.Wait()
	}
	return nil
}

// Screen is what a person sees now.
func (d *Console) Screen() string {
	d.term.mu.Lock()
	defer d.term.mu.Unlock()
	return strings.Join(d.term.text(), "\n")
}

// Title is the title of the terminal window.
func (d *Console) Title() string {
	d.term.mu.Lock()
	defer d.term.mu.Unlock()
	title, _, _ := strings.Cut(d.term.title, separator)
	return title
}

// Expect waits until all texts stand on the screen.
func (d *Console) Expect(texts ...string) *Console {
	d.t.Helper()
	_ = d.sees(time.Now().Add(patience), func() bool { return missing(d.term.text(), texts) == "" })
	return d
}

// Clipboard waits until the console hands something to the terminal's
// clipboard, and takes it from there. It may come after the frame that says so.
func (d *Console) Clipboard() (text string) {
	d.t.Helper()
	_ = d.sees(time.Now().Add(patience), func() bool {
		text, d.term.copied = d.term.copied, ""
		return text != ""
	})
	return text
}

// Shows demands texts on the screen as it is.
func (d *Console) Shows(texts ...string) *Console {
	d.t.Helper()
	if s := d.Screen(); missing(strings.Split(s, "\n"), texts) != "" {
		d.t.Fatalf("%q does not stand on the screen:\n%s", missing(strings.Split(s, "\n"), texts), s)
	}
	return d
}

// Lacks demands that texts do not stand on the screen.
func (d *Console) Lacks(texts ...string) *Console {
	d.t.Helper()
	for _, text := range texts {
		if s := d.Screen(); strings.Contains(s, text) {
			d.t.Fatalf("%q stands on the screen:\n%s", text, s)
		}
	}
	return d
}

// Count gives the bytes that the program sent since the last count.
func (d *Console) Count() int { return d.term.count() }

// Chosen is the procedure that the console was left for, once it has ended.
func (d *Console) Chosen() string { return d.watch.Another() }

// Ended waits until the console has ended, and gives its error.
func (d *Console) Ended() error {
	d.t.Helper()
	select {
	case <-d.done:
		return d.err
	case <-time.After(patience):
		d.t.Fatalf("the console does not end:\n%s", d.Screen())
		return nil
	}
}

func missing(screen, texts []string) string {
	all := strings.Join(screen, "\n")
	for _, text := range texts {
		if !strings.Contains(all, text) {
			return text
		}
	}
	return ""
}
