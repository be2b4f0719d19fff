package windows

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// failure is a foreseen error as the script contract writes it.
type failure struct {
	Kind     string `json:"kind"` // cmdlet, win32, module, refused
	Code     int    `json:"code"`
	ID       string `json:"id"`
	Category string `json:"category"`
	Message  string `json:"message"`
	Path     string `json:"path"`
	SQL      int    `json:"sql,omitempty"`   // number of a SQL Server client's error
	RunAs    *bool  `json:"runAs,omitempty"` // of a read: whether the run-as account asked
}

// Error gives the words.
func (f *failure) Error() string { return f.Message }

func refused(format string, a ...any) *failure {
	return &failure{Kind: "refused", Message: fmt.Sprintf(format, a...)}
}

// foreseen gives the error object of an error that the contract knows, nil for
// any other.
func foreseen(err error, path string) *failure {
	var (
		f *failure
		c *CmdletError
		w *Win32Error
	)
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &c):
		return &failure{Kind: "cmdlet", Code: c.Code, ID: c.ID, Category: c.Category, Message: c.Message, SQL: c.SQL}
	case errors.As(err, &w):
		return &failure{Kind: "win32", Code: w.Code, Message: w.Text, Path: path}
	}
	return nil
}

// failureOf is foreseen for errors of files: what it does not know is Windows'
// word for what the real file system said.
func failureOf(err error, path string) *failure {
	if f := foreseen(err, path); f != nil {
		return f
	}
	return foreseen(win32(err), path)
}

// writeAnswer writes the one line that a script ends with.
func writeAnswer(w io.Writer, answer any, failed *failure) error {
	ok := failed == nil
	if !ok {
		answer = struct {
			Error *failure `json:"error"`
		}{failed}
	}
	b, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	line := fmt.Appendf(nil, `{"ok":%v`, ok)
	if len(b) > len("{}") {
		line = append(line, ',')
	}
	_, err = w.Write(append(append(line, b[1:]...), '\n'))
	return err
}

// decode reads a request; what it does not know it leaves alone.
func decode[T any](raw []byte) (request T, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&request); err != nil {
		return request, fmt.Errorf("ConvertFrom-Json : invalid request: %w", err)
	}
	if d.More() {
		return request, errors.New("ConvertFrom-Json : invalid request: more than one object")
	}
	return request, nil
}

// lacks is the error of a script that reaches for a property that its request does
// not have; nil: they are all there.
func lacks(c call, kind string, properties ...string) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(c.request, &given); err != nil {
		return nil //nolint:nilerr // what is no object is told where it is read
	}
	for _, p := range properties {
		if _, there := given[p]; !there {
			return &failure{
				Kind: kind, ID: "PropertyNotFoundStrict", Category: "NotSpecified",
				Message: "The property '" + p + "' cannot be found on this object. Verify that the property exists.",
			}
		}
	}
	return nil
}

// stamp is a time of the script contract.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
