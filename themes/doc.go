// Package themes holds the colour themes as data: each a YAML file that gives
// a colour to every semantic token ("danger", "stale", "focus") and names the
// terminal backgrounds it was made for. A theme knows nothing of widgets, and
// it never paints the background: the user's own stays. Danger of an
// environment comes from the site file, so no theme can make production look
// harmless. Operators put themes of their own into the configuration folder.
//
// In the layers it stands beside the ops packages: the screen imports it, and
// it imports nothing of the project.
package themes
