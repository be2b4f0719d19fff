package failover

import (
	"sync"

	"pchatops/ops/chain"
	"pchatops/ops/procedures"
)

// headerCache keeps headers by file, so that a second plan and the proof read
// only what is new. A file that changed its size or time is read again.
type headerCache struct {
	mu sync.Mutex
	m  map[procedures.Backup][]chain.Header
}

func newHeaderCache() *headerCache { return &headerCache{m: map[procedures.Backup][]chain.Header{}} }

func (c *headerCache) get(b procedures.Backup) ([]chain.Header, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.m[b]
	return h, ok
}

func (c *headerCache) put(b procedures.Backup, h []chain.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[b] = h
}
