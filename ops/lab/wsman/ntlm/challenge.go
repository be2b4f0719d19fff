package ntlm

import (
	"encoding/binary"
	"time"
)

// Names are how the server calls itself in a challenge.
type Names struct {
	Computer  string // NetBIOS name: SQL11
	Domain    string // NetBIOS name: LITWARE
	DNSDomain string // litwareinc.com
}

// Attribute ids of the target information (MS-NLMP 2.2.2.1).
const (
	avEnd = iota
	avComputer
	avDomain
	avDNSComputer
	avDNSDomain
	_
	avFlags
	avTimestamp
)

// windowsEpoch is the distance between 1601 and 1970 in units of 100 ns.
const windowsEpoch = 116444736000000000

// version is what Windows Server 2012 R2 calls itself: 6.3.9600, NTLM revision 15.
var version = []byte{6, 3, 0x80, 0x25, 0, 0, 0, 15}

// challengeMessage builds the CHALLENGE. The client's key exchange and sealing
// are agreed to, never imposed: some clients refuse a flag they did not send.
func challengeMessage(clientFlags uint32, nonce [8]byte, names Names, now time.Time) (msg []byte, flags uint32) {
	flags = clientFlags&offered | flagTarget | flagTargetDomain | flagTargetInfo | flagNTLM
	target, info := []byte(names.Domain), targetInfo(names, now)
	if flags&flagUnicode != 0 {
		flags &^= flagOEM
		target = wide(names.Domain)
	}

	const header = 56
	m := make([]byte, header, header+len(target)+len(info))
	copy(m, signature)
	le := binary.LittleEndian
	le.PutUint32(m[8:], 2)
	putField(m[12:], len(target), header)
	le.PutUint32(m[20:], flags)
	copy(m[24:], nonce[:])
	putField(m[40:], len(info), header+len(target))
	copy(m[48:], version)
	m = append(m, target...)
	return append(m, info...), flags
}

func putField(b []byte, n, offset int) {
	binary.LittleEndian.PutUint16(b, uint16(n))
	binary.LittleEndian.PutUint16(b[2:], uint16(n))
	binary.LittleEndian.PutUint32(b[4:], uint32(offset))
}

func targetInfo(n Names, now time.Time) []byte {
	var b []byte
	add := func(id uint16, v []byte) {
		b = binary.LittleEndian.AppendUint16(b, id)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(v)))
		b = append(b, v...)
	}
	add(avDomain, wide(n.Domain))
	add(avComputer, wide(n.Computer))
	add(avDNSDomain, wide(n.DNSDomain))
	add(avDNSComputer, wide(n.Computer+"."+n.DNSDomain))
	add(avTimestamp, binary.LittleEndian.AppendUint64(nil, uint64(now.UnixNano()/100+windowsEpoch)))
	add(avEnd, nil)
	return b
}

// promisesMIC tells whether a client's target information says that the
// message carries an integrity code.
func promisesMIC(info []byte) bool {
	for len(info) >= 4 {
		id := binary.LittleEndian.Uint16(info)
		n := int(binary.LittleEndian.Uint16(info[2:]))
		info = info[4:]
		if id == avEnd || n > len(info) {
			return false
		}
		if id == avFlags && n == 4 {
			return binary.LittleEndian.Uint32(info)&2 != 0
		}
		info = info[n:]
	}
	return false
}
