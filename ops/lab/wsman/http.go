package wsman

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
)

const (
	soapType   = "application/soap+xml"
	soapHeader = soapType + ";charset=UTF-8"
)

// quiet drops what net/http would log about clients that break off: in a lab
// that is the exercise.
var quiet = log.New(io.Discard, "", 0)

// serve answers one POST: logon, unsealing, the operation, sealing.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	limits := s.Limits.orDefault()
	switch {
	case r.URL.Path != "/wsman":
		w.WriteHeader(http.StatusNotFound)
		return
	case r.Method != http.MethodPost:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(limits.Envelope+sealOverhead)))
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	} else if err != nil {
		return // the client broke off
	}
	on, _ := r.Context().Value(logonKey{}).(*logon)
	user, ok := s.authenticate(on, w, r, len(body) == 0)
	if !ok {
		return
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), sealedType) {
		s.serveSealed(on, user, w, r, body)
		return
	}
	if s.TLS == nil && !s.AllowUnencrypted {
		s.refuse(w)
		return
	}
	if status, answer, end := s.judged(r.Context(), user, clientIP(r), body); answer != nil {
		write(w, status, soapHeader, answer, end)
	}
}

func (s *Server) serveSealed(on *logon, user string, w http.ResponseWriter, r *http.Request, body []byte) {
	if on.login == nil || on.login.Session == nil {
		s.refuse(w)
		return
	}
	var soap []byte
	signature, sealed, err := sealedParts(body)
	if err == nil {
		soap, err = on.login.Session.Open(signature, sealed)
	}
	if err != nil {
		on.login = nil
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if status, answer, end := s.judged(r.Context(), user, clientIP(r), soap); answer != nil {
		write(w, status, sealedHeader, seal(on.login.Session, answer), end)
	}
}

// write sends an answer, or half of it when the connection is to end there.
func write(w http.ResponseWriter, status int, contentType string, body []byte, cut bool) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if cut {
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body) // the client may be gone; the shell lives on
}

func clientIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
