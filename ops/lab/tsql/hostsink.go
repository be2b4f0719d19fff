package tsql

// hostSink is the Sink that a host writes to while a statement runs.
type hostSink struct {
	f    *frame
	line int32
	last *Error
}

// Message passes messages on at once. An error inside TRY is not seen by the
// client; only the last one can be caught.
func (s *hostSink) Message(err *Error) {
	s.last = err
	if err.Class > 10 && s.f.s.tries > 0 {
		return
	}
	sent := *err
	if sent.Line == 0 {
		sent.Line = s.line
	}
	s.f.s.broken = s.f.s.broken || sent.Class >= 20
	s.f.out.Message(&sent)
}

// Rows passes a result set on.
func (s *hostSink) Rows(rows *Rows) {
	s.f.out.Rows(rows)
	s.f.s.rowCount = len(rows.Values)
	count := len(rows.Values)
	if s.f.s.options.noCount {
		count = -1
	}
	s.f.out.Done(count, true)
}

// ended is how a statement of the host ended: an error that the client has
// seen already counts, but is not sent again.
func (s *hostSink) ended(err *Error) *Error {
	if err != nil && err == s.last && s.f.s.tries == 0 {
		s.f.s.lastError = err.Number
		s.f.out.Done(-1, s.f.depth > 0)
		return nil
	}
	return err
}
