package mgmt

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"time"

	"pchatops/ops/site"
)

// Options are what all hosts of a site share. The zero value of a field means
// its default.
type Options struct {
	// Secret resolves a credential reference; (*site.Secrets).Resolve does. It is
	// asked again after a refused login, so that a corrected secret is picked up.
	Secret func(ctx context.Context, c site.Credential) (site.Secret, error)
	// Connect bounds a connection attempt (10 s).
	Connect time.Duration
	// Dial opens a connection (on the network of this machine).
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Answer bounds one short script from first byte to last (3 min); a shorter
	// deadline of the caller wins.
	Answer time.Duration
	// Poll is how long a host may wait for the end of a job before it tells how
	// the job stands (3 s).
	Poll time.Duration
	// Retry is the first pause after a lost connection (1 s); it doubles up to
	// half a minute.
	Retry time.Duration
	// Patience is how long a job's host may stay silent before the outcome of
	// the job is given up as unknown (5 min).
	Patience time.Duration
	// Brief is the same for a cmdlet that takes seconds (1 min): another host can
	// tell what it did, or do it again, and chat may be waiting for it.
	Brief time.Duration
	// Token names the incident, in any words, so that a console that is started
	// again finds the jobs of the one before (random when empty).
	Token string
	// Run names this process at work on the incident, for the tickets of the hosts
	// (random when empty).
	Run string
	// By says who drives, as other consoles are told it.
	By string
	// JobID makes the job id from what an action does; it must be stable. The
	// default joins a digest of Token and name.
	JobID func(name string) string
	// Refused are the run-as passwords that a host has refused. Whoever makes
	// several hosts of a site lets them share it.
	Refused *Refusals
	// Now is the clock (time.Now).
	Now func() time.Time
}

// withDefaults fills in what was left out.
func (o Options) withDefaults() Options {
	if o.Secret == nil {
		o.Secret = site.NewSecrets(nil).Resolve
	}
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	defaultTo(&o.Connect, 10*time.Second)
	defaultTo(&o.Answer, 3*time.Minute)
	defaultTo(&o.Poll, 3*time.Second)
	defaultTo(&o.Retry, time.Second)
	defaultTo(&o.Patience, 5*time.Minute)
	defaultTo(&o.Brief, time.Minute)
	if o.Token == "" {
		o.Token = rand.Text()
	}
	if o.Run == "" {
		o.Run = rand.Text()
	}
	if o.JobID == nil {
		sum := sha256.Sum256([]byte(o.Token))
		o.JobID = func(name string) string { return hex.EncodeToString(sum[:4]) + "-" + name }
	}
	if o.Refused == nil {
		o.Refused = NewRefusals()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// dialing is the way to a host.
func (o Options) dialing() dialing { return dialing{o.Dial, o.Connect} }

func defaultTo(d *time.Duration, value time.Duration) {
	if *d <= 0 {
		*d = value
	}
}
