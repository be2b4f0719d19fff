package mssql

import (
	"regexp"
	"strconv"
	"sync"
	"time"

	mssql "github.com/microsoft/go-mssqldb"

	"pchatops/ops/engine"
)

const percentProcessed = 3211 // "%d percent processed."

var leadingNumber = regexp.MustCompile(`\d{1,3}`)

// news passes on what is heard of a running statement: messages from its own
// connection and percentages from another. The bar never goes backwards.
type news struct {
	reporter engine.Reporter

	mu    sync.Mutex
	heard time.Time
	high  float64
	total int64 // bytes; 0: not known
}

func newNews(r engine.Reporter, total int64) *news {
	return &news{reporter: r, heard: time.Now(), high: -1, total: total}
}

// message takes an information message.
func (n *news) message(m mssql.Error) {
	n.alive()
	if m.Number != percentProcessed {
		n.reporter.Log(m.Message)
		return
	}
	if p, err := strconv.Atoi(leadingNumber.FindString(m.Message)); err == nil {
		n.percent(float64(p))
	}
}

// percent takes how much is done. STATS may overshoot.
func (n *news) percent(p float64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p = min(p, 100); p > n.high {
		n.high = p
		n.tell()
	}
}

// seen takes what a look has seen. It is passed on though nothing has changed:
// that it was looked is news.
func (n *news) seen(p float64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.high = max(n.high, min(p, 100))
	n.tell()
}

// tell reports how far the statement is. The caller holds mu.
func (n *news) tell() {
	p := engine.Progress{Percent: n.high}
	if n.total > 0 && n.high >= 0 {
		p.Done, p.Total, p.Unit = int64(n.high/100*float64(n.total)), n.total, "bytes"
	}
	n.reporter.Progress(p)
}

// alive notes a sign of life.
func (n *news) alive() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heard = time.Now()
}

// silent tells for how long nothing has been heard.
func (n *news) silent() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return time.Since(n.heard)
}
