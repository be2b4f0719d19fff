package lab

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"os"
	"strings"
)

// door lets only those at the control port who know its token, and no page
// that a browser has open: other sites' pages carry another Origin, a name
// that was bound to this address anew is another Host, and what needs no leave
// of a browser to be sent carries no JSON.
type door struct {
	token string
	hosts []string // the Host that a request may name
}

// newDoor makes the door of a listener, with a token that nobody knows.
func newDoor(a net.Addr) door {
	_, port, _ := net.SplitHostPort(a.String()) // it listens there
	return door{token: rand.Text() + rand.Text(), hosts: []string{"127.0.0.1:" + port, "localhost:" + port}}
}

// url is the address that a client is given.
func (d door) url() string { return "http://" + d.hosts[0] + "/?token=" + d.token }

// guard serves only those that may come in.
func (d door) guard(inside http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if code, why := d.refuses(r); code != 0 {
			http.Error(w, why, code)
			return
		}
		inside(w, r)
	}
}

// refuses tells why a request is turned away; 0: it is not.
func (d door) refuses(r *http.Request) (code int, why string) {
	origin := r.Header.Get("Origin")
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case !d.ours(r.Host):
		return http.StatusForbidden, "the Host is not this control port"
	case origin != "" && !d.ours(strings.TrimPrefix(origin, "http://")):
		return http.StatusForbidden, "requests of other sites are refused"
	case !d.knows(r):
		return http.StatusUnauthorized, "the token is missing or wrong: it stands in the control address that the lab printed, and in " + tokenName + " beside the site file"
	case r.Method == http.MethodPost && (err != nil || kind != "application/json"):
		return http.StatusUnsupportedMediaType, "a command comes as application/json"
	}
	return 0, ""
}

func (d door) ours(host string) bool {
	for _, h := range d.hosts {
		if strings.EqualFold(host, h) {
			return true
		}
	}
	return false
}

// knows compares the token of the header, or of the address where there is
// none, in a time that tells nothing of it.
func (d door) knows(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		token = r.URL.Query().Get("token")
	}
	return subtle.ConstantTimeCompare([]byte(token), []byte(d.token)) == 1
}

// writeSecret writes a file that only its owner can read. It is made anew, so
// that neither the mode nor the link of an old one lives on.
func writeSecret(path string, content []byte) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write a secret: %w", err)
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
