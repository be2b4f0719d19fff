// Package shipmirror is procedure M: log shipping goes on when the primary
// fails over to its mirror, because the mirror is configured as a log shipping
// primary of the same share too. Source: "Configure high availability and
// disaster recovery for Persistent Chat Server in Skype for Business Server
// 2015", third part, steps 1 to 22.
//
// A log shipping primary can only be configured while it is the principal, so
// the chat moves to the mirror for a while. From then on the way back (M22) can
// be taken at any time.
package shipmirror
