package wsman

import (
	"context"
	"io"
	"sync"
)

const (
	stdout = "stdout"
	stderr = "stderr"

	pieceSize = 8191      // odd on purpose: pieces end inside characters, as they do on the real wire
	pipeSize  = 256 << 10 // a process blocks when nobody reads more than this
	stdinSize = 16 << 20
)

// command is one running command line. Its process and the client's requests
// meet under mu; whoever waits for the other waits on changed, which is closed
// and replaced with every change.
type command struct {
	id  string
	end context.CancelFunc // ends the process

	mu       sync.Mutex
	changed  chan struct{}
	stdin    []byte
	closed   bool // standard input is at its end
	pieces   []piece
	waiting  int // bytes in pieces
	finished bool
	exit     int
	reported bool   // the client has seen Done
	aborted  bool   // the shell went away underneath
	heard    string // all of standard input, where a tap listens
}

type piece struct {
	stream string
	data   []byte
}

// output is what one Receive gets.
type output struct {
	pieces  []piece
	done    bool
	exit    int
	aborted bool
}

func newCommand(end context.CancelFunc) *command {
	return &command{id: newID(), end: end, changed: make(chan struct{})}
}

// await runs try under the lock, again after every change, until it says that
// it has acted. It gives up when stop closes.
func (c *command) await(stop <-chan struct{}, try func() bool) (acted bool) {
	for {
		c.mu.Lock()
		if try() {
			close(c.changed)
			c.changed = make(chan struct{})
			c.mu.Unlock()
			return true
		}
		changed := c.changed
		c.mu.Unlock()
		select {
		case <-changed:
		case <-stop:
			return false
		}
	}
}

// act is await for what never has to wait.
func (c *command) act(f func()) {
	c.await(nil, func() bool { f(); return true })
}

// run is the process. It ends when the runner does, soon after ctx.
func (c *command) run(ctx context.Context, r Runner, line CommandLine) {
	defer c.end()
	end := ctx.Done()
	exit := r.Exec(ctx, line, processInput{c, end}, processOutput{c, end, stdout}, processOutput{c, end, stderr})
	c.act(func() { c.finished, c.exit = true, exit })
}

// feed adds to standard input; false: it was closed before, or is full.
func (c *command) feed(data []byte, last bool) (ok bool) {
	c.act(func() {
		if c.closed || len(c.stdin)+len(data) > stdinSize {
			return
		}
		c.stdin, c.closed, ok = append(c.stdin, data...), last, true
	})
	return ok
}

// receive waits for output or the end of the process and takes at most room
// encoded bytes (but always one piece); false: there was nothing before stop.
func (c *command) receive(stop <-chan struct{}, room int) (o output, ok bool) {
	ok = c.await(stop, func() bool {
		o.aborted = c.aborted
		if len(c.pieces) == 0 && !c.finished {
			return c.aborted
		}
		n := 0
		for ; n < len(c.pieces); n++ {
			room -= len(c.pieces[n].data)*4/3 + pieceOverhead
			if room < 0 && n > 0 {
				break
			}
			c.waiting -= len(c.pieces[n].data)
		}
		o.pieces, c.pieces = c.pieces[:n:n], c.pieces[n:]
		o.done, o.exit = c.finished && len(c.pieces) == 0, c.exit
		c.reported = o.done
		return true
	})
	return o, ok
}

// abort ends the process because its shell ends.
func (c *command) abort() {
	c.act(func() { c.aborted = true })
	c.end()
}

// over tells whether the client has seen the command's end.
func (c *command) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reported
}

// processInput is standard input as the process reads it.
type processInput struct {
	c   *command
	end <-chan struct{} // of the process
}

// Read waits for input until the shell ends.
func (p processInput) Read(b []byte) (n int, err error) {
	ok := p.c.await(p.end, func() bool {
		if len(p.c.stdin) == 0 && !p.c.closed {
			return false
		}
		if n = copy(b, p.c.stdin); n == 0 && len(b) > 0 {
			err = io.EOF
		}
		p.c.stdin = p.c.stdin[n:]
		return true
	})
	if !ok {
		return 0, io.ErrClosedPipe
	}
	return n, err
}

// processOutput is an output stream as the process writes it.
type processOutput struct {
	c      *command
	end    <-chan struct{} // of the process
	stream string
}

// Write waits while the pipe is full.
func (p processOutput) Write(b []byte) (n int, err error) {
	for n < len(b) {
		data := append([]byte(nil), b[n:min(len(b), n+pieceSize)]...)
		ok := p.c.await(p.end, func() bool {
			if p.c.waiting >= pipeSize {
				return false
			}
			p.c.pieces = append(p.c.pieces, piece{p.stream, data})
			p.c.waiting += len(data)
			return true
		})
		if !ok {
			return n, io.ErrClosedPipe
		}
		n += len(data)
	}
	return n, nil
}
