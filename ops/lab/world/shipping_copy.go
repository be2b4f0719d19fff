package world

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// perCopy is how long a copy takes on the lab's clock.
const perCopy = 300 * time.Millisecond

// shipCopy is what LSCopy does: sqllogship -Copy.
func (i *Instance) shipCopy(ctx context.Context, s *shipSecondary) outcome {
	w := i.w
	w.mu.Lock()
	r := i.shipRun(s.id, agentCopy, s.database)
	from, err := i.file(Agent, s.source, false)
	to, destErr := i.file(Agent, s.destination, true)
	after := lastName(s.lastCopied)
	w.mu.Unlock()
	if err == nil {
		err = destErr
	}
	var names []string
	if err == nil {
		if names, err = backupsIn(from, s.database); err != nil {
			err = fileError(from, err)
		}
	}
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		return r.broke("Could not copy log backup files from '"+s.source+"'.", osText(err), "mscorlib")
	}
	copied := 0
	for _, name := range names {
		if strings.ToLower(name) <= strings.ToLower(after) {
			continue
		}
		if o, ok := i.copyOne(ctx, s, r, from, to, name); !ok {
			return o
		}
		copied++
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return r.done("The copy operation was successful. Secondary ID: '%s', Number of log backup files copied: %d", s.id, copied)
}

// copyOne copies a file under a name that the restore job passes over, and
// renames it when it is whole.
func (i *Instance) copyOne(ctx context.Context, s *shipSecondary, r *shipRun, from, to, name string) (outcome, bool) {
	w := i.w
	if err := w.pause(ctx, perCopy+w.carrying(filepath.Join(from, name))); err != nil {
		return outcome{failed: true, message: "The job was stopped."}, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var err error
	switch {
	case w.faults.full[i.host]:
		err = errDiskFull
	case w.faults.shareOffline:
		err = errNetworkPath
	default:
		if _, err = i.file(Agent, s.source+`\`+name, false); err != nil {
			break
		}
		err = copyFile(filepath.Join(from, name), filepath.Join(to, name))
	}
	if err != nil {
		return r.broke("Could not copy file '"+s.source+`\`+name+"' to '"+s.destination+"'.", osText(err), "mscorlib"), false
	}
	s.lastCopied, s.lastCopiedDate = s.destination+`\`+name, i.now()
	for _, d := range s.databases {
		i.report(s.monitor, d.watched(i))
	}
	r.note(statusRunning, "Copied file. Source: '%s', Destination: '%s'", s.source+`\`+name, s.lastCopied)
	return outcome{}, true
}

// carrying is how long a file takes over the way to the backup share.
func (w *World) carrying(file string) time.Duration {
	info, err := os.Stat(file)
	if rate := w.ShareRate(); err == nil && rate > 0 {
		return time.Duration(info.Size()) * time.Second / time.Duration(rate)
	}
	return 0
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return fileError(from, err)
	}
	work := strings.TrimSuffix(to, filepath.Ext(to)) + ".wrk"
	if err := os.WriteFile(work, content, 0o644); err != nil {
		return fileError(work, err)
	}
	if err := os.Rename(work, to); err != nil {
		return fileError(to, err)
	}
	return nil
}

// pause lets a job's time pass; none does while the clock is moved by hand.
func (w *World) pause(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	instant := w.instant
	w.mu.Unlock()
	if instant {
		return ctx.Err()
	}
	return w.Clock.Wait(ctx, d)
}
