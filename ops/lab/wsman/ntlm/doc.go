// Package ntlm is the accepting side of NTLM version 2: challenge, proof of
// the password, and the sealing of messages afterwards. The lab's WS-Man
// server is its only user; nothing here can log on to anything.
//
// It is written from the protocol document MS-NLMP. NTLM stands on MD4, MD5
// and RC4, so a simulated Windows host has to as well; none of them protects
// anything but a lab on loopback.
package ntlm
