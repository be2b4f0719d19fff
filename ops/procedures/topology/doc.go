// Package topology is procedure T: high availability and disaster recovery of
// Persistent Chat in the topology. Source: "Configure high availability and
// disaster recovery for Persistent Chat Server" (Skype for Business Server
// 2015), Topology Builder, steps 1 and 2a to 2f.
//
// Topology Builder is a program for a person at its keyboard; nothing else can
// add a store. So these steps send nothing: each says what to do there, with
// the site's own names, and is done when the published topology says so.
package topology
