package tds

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"pchatops/ops/lab/faults"
)

var errCut = errors.New("the connection was cut on purpose")

// judged carries a request out, or not, and sends its reply, or not.
func (c *conn) judged(ctx context.Context, m message) error {
	v := c.server.Tap.Judge(c.server.Name, faults.SQL, c.nc.RemoteAddr().String(), func() string { return c.describe(m) })
	if !c.stall(func() bool { return v.Wait(ctx) }) {
		return context.Cause(ctx)
	}
	switch v.Fate {
	case faults.CutBefore:
		return errCut
	case faults.Pass, faults.StallBefore:
		return c.answer(ctx, m, c.rw)
	default:
	}
	var held bytes.Buffer
	err := c.answer(ctx, m, &held)
	switch v.Fate {
	case faults.CutMiddle:
		_, _ = c.rw.Write(held.Bytes()[:held.Len()/2])
		return errCut
	case faults.StallAfter:
		if !c.stall(func() bool { return v.Released(ctx) }) {
			return context.Cause(ctx)
		}
		_, _ = c.rw.Write(held.Bytes())
		return err
	default:
		return errCut
	}
}

// stall lets attentions pass unheard while a request waits.
func (c *conn) stall(wait func() bool) bool {
	c.setStalled(true)
	defer c.setStalled(false)
	return wait()
}

func (c *conn) setStalled(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stalled = on
}

// describe is a request without its values.
func (c *conn) describe(m message) string {
	switch m.kind {
	case packetBatch:
		body := cursor{b: m.body}
		body.headers(c.protocol)
		return faults.WithoutValues(fromUTF16(body.b))
	case packetRPC:
		calls, err := parseCalls(m.body, c.protocol)
		if err != nil {
			return "a remote procedure call that cannot be read"
		}
		out := make([]string, len(calls))
		for i, one := range calls {
			out[i] = one.describe()
		}
		return strings.Join(out, "; ")
	case packetTransaction:
		return "transaction manager"
	}
	return "attention"
}

// describe names the procedure and its parameters; for those that run a
// statement it is the statement.
func (c call) describe() string {
	words := []string{c.procedure}
	for i, p := range c.params {
		text, isText := p.Value.(string)
		switch {
		case p.Name != "":
			words = append(words, faults.WithoutValues(p.Name))
		case i == 0 && isText && strings.EqualFold(c.procedure, "sp_executesql"):
			words = append(words, faults.WithoutValues(text))
		}
	}
	return strings.Join(words, " ")
}
