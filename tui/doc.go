// Package tui is the full-screen console. It sits above incident: it takes
// what its mailbox brings, hands what the keys ask for to the driver, and
// touches nothing else. The root model only routes; panels are pure functions
// (tui/screen), dialogs are frozen questions (tui/dialog), keys are data
// (tui/actions). Update and View read no clock, no file and no network: time
// comes as a message once a second, states come from the mailbox, and what
// the incident answers comes back as a message.
package tui
