package scroll_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/tui/part/scroll"
)

var text = []string{"1", "2", "3", "4", "5", "6"}

func TestScrollingStopsAtBothEnds(t *testing.T) {
	var s scroll.Scroll
	s.By(-3, 6, 2)
	require.Equal(t, []string{"1", "2"}, s.Window(text, 2))
	s.By(100, 6, 2)
	require.Equal(t, []string{"5", "6"}, s.Window(text, 2))
	s.By(-1, 6, 2)
	require.Equal(t, []string{"4", "5"}, s.Window(text, 2), "one line up is one line up, however far one had pressed down")
	require.Equal(t, "4–5 of 6", s.Note(6, 2))
	s.Top()
	require.Equal(t, []string{"1", "2"}, s.Window(text, 2))
}

func TestTheEndIsFollowedUntilOneScrollsUp(t *testing.T) {
	var s scroll.Scroll
	s.Bottom()
	require.Equal(t, []string{"3", "4"}, s.Window(text[:4], 2))
	require.Equal(t, []string{"5", "6"}, s.Window(text, 2))
	s.By(-1, 6, 2)
	require.Equal(t, []string{"4", "5"}, s.Window(append(text, "7", "8"), 2))
}

func TestAWindowThatGrowsOrShrinksNeverShowsNothing(t *testing.T) {
	var s scroll.Scroll
	s.By(4, 6, 2)
	require.Equal(t, text, s.Window(text, 10))
	require.Empty(t, s.Note(6, 10))
	require.Equal(t, []string{"1"}, s.Window(text[:1], 3))
	require.Empty(t, s.Window(text, 0))
}

func TestAChosenLineIsBroughtIntoViewWithTheLeastMovement(t *testing.T) {
	var s scroll.Scroll
	s.Show(3, 6, 3)
	require.Equal(t, []string{"2", "3", "4"}, s.Window(text, 3))
	s.Show(2, 6, 3)
	require.Equal(t, []string{"2", "3", "4"}, s.Window(text, 3))
	s.Show(0, 6, 3)
	require.Equal(t, []string{"1", "2", "3"}, s.Window(text, 3))
}
