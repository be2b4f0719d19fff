package failover

import (
	"context"
	"fmt"
	"slices"

	"pchatops/ops/engine"
	"pchatops/ops/fault"
	"pchatops/ops/status"
)

// service is what the failover is for: people can chat again.
func (f *failover) service() *engine.Service {
	return &engine.Service{Step: "F7", Within: f.Site.Intervals.ChatBack, Seen: f.chatters, Missing: f.noChatters}
}

// chatters names an active chat server that works with the database of the new
// primary; "": none does yet.
func (f *failover) chatters(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, f.answer())
	defer cancel()
	sql, address := f.serving(ctx)
	sessions, err := sql.Sessions(ctx, f.db)
	if err != nil {
		return "", err
	}
	for _, fqdn := range f.wanted() {
		if slices.ContainsFunc(sessions, func(s status.Session) bool {
			return !s.Own && !s.System && status.Client(s.Program, s.Mine) && status.SameMachine(s.Host, fqdn)
		}) {
			return fmt.Sprintf("%s works with %s on %s", fqdn, f.db, address), nil
		}
	}
	return "", nil
}

// seenChatting is chatters in words, for a proof that does not depend on it.
func (f *failover) seenChatting(ctx context.Context) string {
	switch who, err := f.chatters(ctx); {
	case err != nil:
		return "whether one of them works with the database cannot be seen: " + err.Error()
	case who == "":
		return fmt.Sprintf("not yet seen to work with %s on %s", f.db, f.secondary.Address())
	default:
		return who
	}
}

// noChatters says what the service of each active server says of itself.
func (f *failover) noChatters(ctx context.Context) string {
	out := fmt.Sprintf("no active chat server works with %s on %s", f.db, f.secondary.Address())
	for _, fqdn := range f.wanted() {
		out = fault.Said(out, fqdn+": "+f.serviceOf(ctx, fqdn))
	}
	return out
}

func (f *failover) serviceOf(ctx context.Context, fqdn string) string {
	if f.ChatService == nil {
		return "its service cannot be asked from here"
	}
	ctx, cancel := context.WithTimeout(ctx, f.answer())
	defer cancel()
	switch state, err := f.ChatService(ctx, fqdn); {
	case err != nil:
		return "its service cannot be asked: " + err.Error()
	case state == "":
		return "its service cannot be asked: it is no Windows host of the site file"
	default:
		return "its service is " + state
	}
}
