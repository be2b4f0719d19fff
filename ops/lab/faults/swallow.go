package faults

import (
	"io"
	"net"
)

// mute is a listener that can swallow attempts to connect by itself.
type mute interface{ Silence(on bool) }

// Swallow is a machine without power, or beyond a cut line: nobody answers a SYN,
// and what was connected hears nothing any more. Where the system cannot do
// that, new connections are refused.
func (l *Link) Swallow() error {
	l.Hang(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.swallowing != nil {
		return nil
	}
	if m, can := l.listener.(mute); can {
		m.Silence(true)
		l.swallowing = closer(func() error { m.Silence(false); return nil })
		return nil
	}
	if l.listener != nil {
		_ = l.listener.Close() // it was open; nothing can fail that matters
		l.listener = nil
	}
	full, err := swallow(l.address)
	if err != nil {
		return err
	}
	l.letGo()
	l.swallowing = full
	return nil
}

// breathe ends what Swallow began, but for the listener. The caller holds mu.
func (l *Link) breathe() {
	if l.swallowing == nil {
		return
	}
	_ = l.swallowing.Close() // nothing can fail that matters
	l.swallowing = nil
	l.release()
}

type closer func() error

// Close implements io.Closer.
func (c closer) Close() error { return c() }

// full is a listener whose queue holds what nobody will ever accept, so that the
// system drops every further SYN.
type full struct {
	net.Listener
	filler net.Conn
}

// Close implements io.Closer.
func (f full) Close() error {
	_ = f.filler.Close()
	return f.Listener.Close()
}

var _ io.Closer = full{}
