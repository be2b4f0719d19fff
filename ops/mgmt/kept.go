package mgmt

import (
	"context"
	"time"
)

const (
	// keptFor is how long a shell waits for its next command. 2008 R2 allows an
	// account five.
	keptFor = time.Minute
	// worn is after how many commands a shell is given back: 2008 R2 counts
	// those that have ended against its limit of 15.
	worn = 10
)

// Ready begins to connect and to open a shell, so that the next call does not
// wait for it. Nobody waits here either: what fails, the next call finds out.
func (h *Host) Ready(ctx context.Context) {
	h.mu.Lock()
	there := h.idle != nil
	h.mu.Unlock()
	if there {
		return
	}
	h.errand(context.WithoutCancel(ctx), func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, farewell)
		defer cancel()
		w, err := h.connect(ctx)
		if err == nil {
			shell := newRemote(w, h.url())
			if err = shell.open(ctx); err == nil {
				h.keep(shell)
				return
			}
		}
		_ = h.noteRefusal(h.trouble("open a shell", err))
	})
}

// keep lets the next command use a shell, and gives it back when none comes.
func (h *Host) keep(shell *remote) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.idle != nil || shell.commands >= worn {
		h.errand(context.Background(), shell.giveBack)
		return
	}
	lent := make(chan struct{})
	h.idle, h.lent = shell, lent
	h.errand(context.Background(), func(ctx context.Context) {
		timer := time.NewTimer(keptFor)
		defer timer.Stop()
		select {
		case <-lent:
			return
		case <-timer.C:
		case <-h.closing:
		}
		if h.reclaim(shell) {
			shell.giveBack(ctx)
		}
	})
}

// lend gives the kept shell, or one that is still to be opened.
func (h *Host) lend(w wire) *remote {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.idle == nil {
		return newRemote(w, h.url())
	}
	shell := h.idle
	shell.wire = w // the one that it was opened over may have been replaced
	close(h.lent)
	h.idle = nil
	return shell
}

// reclaim takes a shell that nobody has lent meanwhile.
func (h *Host) reclaim(shell *remote) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.idle != shell {
		return false
	}
	h.idle = nil
	return true
}
