package tsql

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// printStmt is PRINT.
type printStmt struct {
	line
	x expr
}

func (s *printStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	v, err := f.eval(ctx, s.x)
	if err != nil {
		return goOn, err
	}
	f.out.Message(&Error{State: 1, Line: s.where(), Message: clip(v.String(), maxChars)})
	f.quiet()
	return goOn, nil
}

// Catalogue is what a Host may implement too: the texts of sys.messages by their
// numbers, "" where there is none.
type Catalogue interface {
	Text(number int32) string
}

// raiseStmt is RAISERROR.
type raiseStmt struct {
	line
	args []expr
	log  bool
}

func (s *raiseStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	args, err := evaluate(f.env(ctx), s.args)
	if err != nil {
		return goOn, err
	}
	class, state := argument(args, 1, 16), argument(args, 2, 1)
	if class > 18 && !s.log {
		return goOn, refuse(2754, "Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.")
	}
	raised := &Error{Number: 50000, Class: uint8(min(max(class, 0), 25)), State: uint8(min(max(state, 0), 255)), Line: s.where()}
	if n, ok := args[0].int(); ok {
		if n < 13000 || n == 50000 {
			return goOn, refuse(2732, "Error number %d is invalid. The number must be from 13000 through 2147483647 and it cannot be 50000.", n)
		}
		raised.Number = int32(n)
		if h, ok := f.s.host.(Catalogue); ok {
			if format := h.Text(int32(n)); format != "" {
				if raised.Message, err = formatMessage(format, args[min(3, len(args)):]); err != nil {
					return goOn, err
				}
				return s.raised(f, raised)
			}
		}
		raised.Number = 18054
		raised.Message = fmt.Sprintf("Error %d, severity %d, state %d was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.", n, class, state)
	} else if raised.Message, err = formatMessage(args[0].String(), args[3:]); err != nil {
		return goOn, err
	}
	return s.raised(f, raised)
}

// raised sends what is information, and returns what is an error.
func (s *raiseStmt) raised(f *frame, raised *Error) (flow, *Error) {
	raised.Message = clip(raised.Message, 2047)
	if raised.Class <= 10 {
		if raised.Class == 10 {
			raised.Class = 0 // as it reaches clients
		}
		f.out.Message(raised)
		f.quiet()
		return goOn, nil
	}
	return goOn, raised
}

// formatMessage fills the placeholders of a message: %d %i %u %o %x %s with
// flags, a width and a precision.
func formatMessage(format string, args []value) (string, *Error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		verb := strings.IndexAny(format[i+1:], "diuoxXsp%")
		if verb < 0 {
			return "", refuse(2787, "Invalid format specification: '%s'.", clip(format[i:], maxIdentifier))
		}
		spec := format[i+1 : i+1+verb]
		c := format[i+1+verb]
		i += 1 + verb
		if c == '%' {
			b.WriteByte('%')
			continue
		}
		filled, rest, err := placeholder(spec, c, args)
		if err != nil {
			return "", err
		}
		args = rest
		b.WriteString(filled)
	}
	return b.String(), nil
}

func placeholder(spec string, c byte, args []value) (string, []value, *Error) {
	spec = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(spec, "I64"), "l"), "h")
	for strings.Contains(spec, "*") {
		if len(args) == 0 {
			return "", nil, refuse(2786, "The data type of substitution parameter %d does not match the expected type of the format specification.", 1)
		}
		n := min(argument(args, 0, 0), maxChars)
		spec = strings.Replace(spec, "*", strconv.Itoa(n), 1)
		args = args[1:]
	}
	if strings.Trim(spec, "-+0 #.123456789") != "" || len(spec) > 8 {
		return "", nil, refuse(2787, "Invalid format specification: '%%%s'.", clip(spec, maxIdentifier))
	}
	if len(args) == 0 || args[0].v == nil {
		return "(null)", args[min(1, len(args)):], nil
	}
	n, whole := args[0].int()
	if c == 's' && !whole {
		return pad("%"+spec+"s", args[0].String()), args[1:], nil
	}
	if !whole || c == 's' {
		return "", nil, refuse(2786, "The data type of substitution parameter %d does not match the expected type of the format specification.", 1)
	}
	verb := map[byte]string{'o': "o", 'x': "x", 'X': "X", 'p': "x"}[c]
	if verb == "" {
		verb = "d"
	}
	return pad("%"+spec+verb, n), args[1:], nil
}

// pad formats with a width that is bounded, whatever the format says.
func pad(format string, v any) string {
	width := strings.Trim(format, "%-+0 #doxXs")
	whole, _, _ := strings.Cut(width, ".")
	if n, err := strconv.Atoi(whole); err == nil && n > maxChars {
		return fmt.Sprint(v)
	}
	return fmt.Sprintf(format, v)
}

// throwStmt is THROW, with or without arguments.
type throwStmt struct {
	line
	args []expr
}

func (s *throwStmt) run(ctx context.Context, f *frame) (flow, *Error) {
	if len(s.args) == 0 {
		if f.s.caught == nil {
			return goOn, syntax(10704, s.where(), "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.")
		}
		return goOn, f.s.caught
	}
	args, err := evaluate(f.env(ctx), s.args)
	if err != nil {
		return goOn, err
	}
	number := argument(args, 0, 0)
	if number < 50000 {
		return goOn, refuse(35100, "Error number %d in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.", number)
	}
	return goOn, &Error{Number: int32(number), Class: 16, State: uint8(argument(args, 2, 1)), Message: clip(args[1].String(), 2047), Line: s.where()}
}
