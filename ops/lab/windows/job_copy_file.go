package windows

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// copyPiece is how much is copied between two looks at the clock and the share.
const copyPiece = 64 << 10

// one brings one file over, or finds that it is there already, under its own
// name or the one that it is to get.
func (c *copier) one(ctx context.Context, name, as string, anew bool, asked int64) (copied, error) {
	h := c.host
	source, err := h.Estate.Resolve(h.Name, join(c.request.Source, name))
	if err != nil {
		return copied{}, win32(err)
	}
	sum, n, err := hash(ctx, source)
	if err != nil {
		return copied{}, win32(err)
	}
	if asked > 0 && n != asked {
		return copied{}, refused("The file on the share has %d bytes, and %d were expected: it has changed since it was listed.", n, asked)
	}
	var target string
	taken := false
	for _, there := range []string{name, as} {
		if anew && there != as {
			continue
		}
		target, err = h.Estate.Resolve(h.Name, join(c.request.Destination, there))
		if err != nil && there != as {
			continue // what has the name cannot even be opened
		}
		if err != nil {
			return copied{}, win32(err)
		}
		present, m, err := hash(ctx, target)
		switch {
		case err == nil && present == sum && m == n:
			c.status.Bytes += n
			return copied{proof{name, n, sum}, true}, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist) && there == as:
			return copied{}, win32(err)
		}
		taken = err == nil
	}
	if taken {
		return copied{}, refused("A file of this name and other content is in the copy folder. It was not touched.")
	}
	if h.Free(c.request.Destination) < n {
		return copied{}, errDiskFull
	}
	if err := c.transfer(ctx, as, source, target, sum); err != nil {
		return copied{}, err
	}
	return copied{proof{name, n, sum}, false}, nil
}

// transfer copies under a name of its own, proves what has reached the disk,
// and only then gives the file its name. A job that is killed leaves its part
// behind, as a killed process does.
func (c *copier) transfer(ctx context.Context, name, source, target, sum string) error {
	part, err := c.host.Estate.Resolve(c.host.Name, join(c.request.Destination, fmt.Sprintf(".%s.%d.part", c.id, c.status.FilesDone)))
	if err != nil {
		return win32(err)
	}
	err = c.pour(ctx, source, part)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		err = settle(ctx, source, part, target, sum)
	}
	if err != nil {
		_ = os.Remove(part) // what matters is the error that led here
		return failureOf(err, name)
	}
	return nil
}

// pour copies the bytes at the rate of the lab's network.
func (c *copier) pour(ctx context.Context, source, part string) error {
	from, err := os.Open(source)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // it was only read
	to, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err = c.drip(ctx, from, to); err == nil {
		err = to.Sync()
	}
	if closed := to.Close(); err == nil {
		err = closed
	}
	return err
}

// drip copies piece by piece until the end of the source.
func (c *copier) drip(ctx context.Context, from io.Reader, to io.Writer) error {
	reported := time.Now()
	for {
		n, err := io.CopyN(to, from, copyPiece)
		c.status.Bytes += n
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if time.Since(reported) > 500*time.Millisecond {
			c.report(c.status)
			reported = time.Now()
		}
		if err := c.pace(ctx, n); err != nil {
			return err
		}
	}
}

// pace takes the time that n bytes take, and notices when the share
// goes away or the volume fills up.
func (c *copier) pace(ctx context.Context, n int64) error {
	h := c.host
	if rate := h.CopyRate(); rate > 0 {
		if err := h.Estate.Wait(ctx, time.Duration(n)*time.Second/time.Duration(rate)); err != nil {
			return err
		}
	}
	if _, err := h.Estate.Resolve(h.Name, join(c.request.Source, c.status.File)); err != nil {
		return errNetName
	}
	if h.Free(c.request.Destination) <= 0 {
		return errDiskFull
	}
	return ctx.Err()
}

// settle proves the part and gives it its name, over nothing that exists.
func settle(ctx context.Context, source, part, target, sum string) error {
	got, _, err := hash(ctx, part)
	if err != nil {
		return err
	}
	if got != sum {
		return refused("What was read back differs from what was read from the share.")
	}
	if info, err := os.Stat(source); err == nil {
		_ = os.Chtimes(part, time.Time{}, info.ModTime()) // the time is a courtesy
	}
	if _, err := os.Lstat(target); err == nil {
		return refused("A file of this name has appeared meanwhile. It was left alone.")
	}
	return os.Rename(part, target)
}
