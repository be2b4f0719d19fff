package journal

import (
	"encoding/json"
	"errors"
	"fmt"

	"pchatops/ops/fault"
)

// errNewer marks a journal that a later version of the program wrote.
var errNewer = errors.New("its format is newer than this program")

// openingOf reads what a journal is about. One of a later format is refused,
// though what is known of it comes back as well.
func openingOf(l Line) (o Opening, err error) {
	if l.Type != Open {
		return o, errors.New("it does not begin with an open line")
	}
	if err := json.Unmarshal(l.Data, &o); err != nil {
		return o, Ours(err)
	}
	if o.Format > Format {
		return o, &fault.Error{
			Class: fault.State, Tried: "read the journal " + o.ID, Cause: errNewer,
			Text: fmt.Sprintf("it has format %d, and this program reads formats up to %d", o.Format, Format),
			Do:   "go on with the pchatops that wrote it, or with a newer one",
		}
	}
	return o, nil
}

// Ours says in words of this program why JSON cannot be read.
func Ours(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field == "format":
		return fmt.Errorf("its format is no whole number, and this program reads formats up to %d", Format)
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Errorf("%q is not what this program writes there", wrong.Field)
	}
	return errors.New("it is not the JSON that this program writes")
}
