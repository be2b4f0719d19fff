package demo_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"pchatops/tui/demo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reel is a session of three looks at a small screen.
func reel() *demo.Reel {
	r := &demo.Reel{Title: "a & b", Width: 12, Height: 2}
	r.Add([]byte("\x1b[2Jstays\r\n\x1b[1;31m<DOWN>\x1b[m"), time.Second)
	r.Add([]byte("\x1b[2;1H\x1b[7mok\x1b[m    "), 2*time.Second)
	r.Add([]byte("\x1b[2;1H\x1b[48;2;10;20;30mlab\x1b[m"), time.Second)
	return r
}

func TestARecordingPlaysAtTheTimesOfItsScript(t *testing.T) {
	cast, err := reel().Cast()
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(cast)), "\n")
	var head map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &head))
	require.Equal(t, map[string]any{"version": 2.0, "width": 12.0, "height": 2.0, "duration": 4.0, "title": "a & b"}, head)
	var times []float64
	for _, l := range lines[1:] {
		var event []any
		require.NoError(t, json.Unmarshal([]byte(l), &event))
		require.Len(t, event, 3)
		require.Equal(t, "o", event[1])
		times = append(times, event[0].(float64))
	}
	require.Equal(t, []float64{0, 1, 3}, times)
}

func TestAStillShowsTheLastScreenInItsColours(t *testing.T) {
	picture, err := reel().Still(demo.Light)
	require.NoError(t, err)
	wellFormed(t, picture)
	require.Contains(t, picture, ">stays</text>")
	require.Contains(t, picture, `fill="#0a141e"/>`)
	require.Contains(t, picture, ">lab</text>")
	require.NotContains(t, picture, "DOWN", "it is gone from the screen")
}

func TestAFilmShowsEveryScreenAndDrawsWhatStaysOnce(t *testing.T) {
	film, err := reel().Film(demo.Dark)
	require.NoError(t, err)
	wellFormed(t, film)
	require.Equal(t, 3, strings.Count(film, "<animate "))
	require.Equal(t, 1, strings.Count(film, ">stays</text>"))
	require.Contains(t, film, `font-weight="bold"`)
	require.Contains(t, film, "&lt;DOWN&gt;")
	require.Contains(t, film, `values="none;inline;none" keyTimes="0;0.25000;0.75000"`)
	require.Contains(t, film, `<rect x="0.0" width="16.8" height="18" fill="`+demo.Dark.Ink+`"/>`, "reverse paints the ground in ink")
}

func wellFormed(t *testing.T, picture string) {
	t.Helper()
	for in := xml.NewDecoder(strings.NewReader(picture)); ; {
		_, err := in.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
	}
}
