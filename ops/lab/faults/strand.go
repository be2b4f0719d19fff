package faults

import "time"

// keepAlive is after how long a server finds out that nobody is at the other
// end of a connection any more: SQL Server asks after 30 seconds, and gives up
// on ten questions of a second each.
const keepAlive = 40 * time.Second

// Strand cuts every connection off on the client's side only, and tells how
// many there were: the server goes on with what it does, its answers go
// nowhere, and it finds out late that it is alone. New connections are taken.
func (l *Link) Strand() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for w := range l.wires {
		w.strand()
	}
	return len(l.wires)
}

// strand takes the client away from a connection.
func (w *wire) strand() {
	w.leave()
	w.reset()
	time.AfterFunc(keepAlive, w.ended)
}

// stranded reports whether the client was taken away.
func (w *wire) stranded() bool {
	select {
	case <-w.left:
		return true
	default:
		return false
	}
}
