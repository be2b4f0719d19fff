// Package themes holds the colour themes as data: each a YAML file that gives
// a colour to every semantic token ("danger", "stale", "focus") and names the
// terminal backgrounds it was made for. A theme knows nothing of widgets, and
// it never paints the background: the user's own stays. Danger of an
// environment comes from the site file, so no theme can make production look
// harmless.
package themes
