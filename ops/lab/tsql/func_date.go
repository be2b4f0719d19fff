package tsql

import "time"

// dateParts are the functions whose first argument is the name of a part.
var dateParts = words("DATEDIFF DATEADD DATEPART DATENAME")

// partNames maps the names of parts and their abbreviations.
var partNames = map[string]string{
	"year": "year", "yy": "year", "yyyy": "year", "quarter": "quarter", "qq": "quarter", "q": "quarter",
	"month": "month", "mm": "month", "m": "month", "dayofyear": "dayofyear", "dy": "dayofyear", "y": "dayofyear",
	"day": "day", "dd": "day", "d": "day", "week": "week", "wk": "week", "ww": "week",
	"weekday": "weekday", "dw": "weekday", "w": "weekday", "hour": "hour", "hh": "hour",
	"minute": "minute", "mi": "minute", "n": "minute", "second": "second", "ss": "second", "s": "second",
	"millisecond": "millisecond", "ms": "millisecond", "microsecond": "microsecond", "mcs": "microsecond",
	"nanosecond": "nanosecond", "ns": "nanosecond",
}

// dateFunctions are the functions on dates. What the time is, the host says.
var dateFunctions = map[string]builtin{
	"DATEDIFF": {least: 3, most: 3, result: gives(typ{kind: Int}), run: dateDiff},
	"DATEADD":  {least: 3, most: 3, result: gives(typ{kind: DateTime}), run: dateAdd},
	"DATEPART": {least: 2, most: 2, result: gives(typ{kind: Int}), run: func(e *env, a []value) (any, *Error) {
		at, err := date(a[1])
		return int64(e.partOf(a[0].String(), at)), err
	}},
	"DATENAME": {least: 2, most: 2, result: gives(text(30)), run: func(e *env, a []value) (any, *Error) {
		at, err := date(a[1])
		switch a[0].String() {
		case "month":
			return at.Month().String(), err
		case "weekday":
			return at.Weekday().String(), err
		}
		return integer(e.partOf(a[0].String(), at)).String(), err
	}},
	"YEAR":  partFunction("year"),
	"MONTH": partFunction("month"),
	"DAY":   partFunction("day"),
	"ISDATE": {least: 1, most: 1, result: gives(typ{kind: Int}), run: func(_ *env, a []value) (any, *Error) {
		_, err := date(a[0])
		if err != nil {
			return int64(0), nil
		}
		return int64(1), nil
	}},
}

func partFunction(part string) builtin {
	return builtin{least: 1, most: 1, result: gives(typ{kind: Int}), run: func(_ *env, a []value) (any, *Error) {
		at, err := date(a[0])
		return int64(partOf(part, at)), err
	}}
}

func date(v value) (time.Time, *Error) {
	at, err := toTime(v, typ{kind: DateTime})
	if err != nil {
		return epoch, err
	}
	return at.(time.Time), nil
}

// partOf counts weeks and their days from the session's DATEFIRST.
func (e *env) partOf(part string, at time.Time) int {
	first := e.frame.s.options.dateFirst
	weekday := func(t time.Time) int { return (int(t.Weekday()) - first + 7) % 7 }
	switch part {
	case "week":
		return (at.YearDay()-1+weekday(time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC)))/7 + 1
	case "weekday":
		return weekday(at) + 1
	}
	return partOf(part, at)
}

func partOf(part string, at time.Time) int {
	switch part {
	case "year":
		return at.Year()
	case "quarter":
		return (int(at.Month()) + 2) / 3
	case "month":
		return int(at.Month())
	case "dayofyear":
		return at.YearDay()
	case "day":
		return at.Day()
	case "hour":
		return at.Hour()
	case "minute":
		return at.Minute()
	case "second":
		return at.Second()
	case "millisecond":
		return at.Nanosecond() / 1e6
	case "microsecond":
		return at.Nanosecond() / 1e3
	}
	return at.Nanosecond()
}

// units are the parts of a fixed length.
var units = map[string]time.Duration{
	"week": 7 * 24 * time.Hour, "day": 24 * time.Hour, "dayofyear": 24 * time.Hour, "weekday": 24 * time.Hour,
	"hour": time.Hour, "minute": time.Minute, "second": time.Second, "millisecond": time.Millisecond,
	"microsecond": time.Microsecond, "nanosecond": time.Nanosecond,
}

// dateDiff counts the boundaries of the part that lie between two dates.
func dateDiff(_ *env, a []value) (any, *Error) {
	from, err := date(a[1])
	if err != nil {
		return nil, err
	}
	to, err := date(a[2])
	if err != nil {
		return nil, err
	}
	var n int64
	switch part := a[0].String(); part {
	case "year":
		n = int64(to.Year() - from.Year())
	case "quarter":
		n = int64((to.Year()-from.Year())*4 + partOf("quarter", to) - partOf("quarter", from))
	case "month":
		n = int64((to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month()))
	default:
		n = boundaries(from, to, units[part])
	}
	if limits := integerRange[Int]; n < limits[0] || n > limits[1] {
		return nil, refuse(535, "The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.")
	}
	return n, nil
}

func boundaries(from, to time.Time, unit time.Duration) int64 {
	if unit < time.Second {
		seconds := to.Unix() - from.Unix()
		perSecond := int64(time.Second / unit)
		if seconds > 1<<32 || seconds < -(1<<32) {
			return 1 << 40
		}
		return seconds*perSecond + int64(to.Nanosecond())/int64(unit) - int64(from.Nanosecond())/int64(unit)
	}
	count := func(at time.Time) int64 {
		// A Sunday begins a week.
		s := at.Unix() - time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC).Unix()
		u := int64(unit / time.Second)
		if s < 0 {
			return -((-s + u - 1) / u)
		}
		return s / u
	}
	return count(to) - count(from)
}

func dateAdd(_ *env, a []value) (any, *Error) {
	at, err := date(a[2])
	if err != nil {
		return nil, err
	}
	count, err := toInteger(a[1], Int)
	if err != nil {
		return nil, err
	}
	n := int(count.(int64))
	switch part := a[0].String(); part {
	case "year":
		at = addMonths(at, 12*n)
	case "quarter":
		at = addMonths(at, 3*n)
	case "month":
		at = addMonths(at, n)
	case "week":
		at = at.AddDate(0, 0, 7*n)
	case "day", "dayofyear", "weekday":
		at = at.AddDate(0, 0, n)
	default:
		at = at.Add(time.Duration(n) * units[part])
	}
	if at.Year() < 1753 || at.Year() > 9999 {
		return nil, refuse(517, "Adding a value to a 'datetime' column caused an overflow.")
	}
	return at, nil
}

// addMonths keeps the day, or takes the last of a shorter month.
func addMonths(at time.Time, n int) time.Time {
	first := time.Date(at.Year(), at.Month()+time.Month(n), 1, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(at.Day(), last)-1)
}
