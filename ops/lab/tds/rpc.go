package tds

import (
	"math"
	"strconv"

	"pchatops/ops/lab/tsql"
)

// call is one remote procedure call of a request.
type call struct {
	procedure string
	params    []tsql.Param
}

// procedureIDs are the procedures that clients call by number.
var procedureIDs = map[uint16]string{
	1: "sp_cursor", 2: "sp_cursoropen", 3: "sp_cursorprepare", 4: "sp_cursorexecute", 5: "sp_cursorprepexec",
	6: "sp_cursorunprepare", 7: "sp_cursorfetch", 8: "sp_cursoroption", 9: "sp_cursorclose",
	10: "sp_executesql", 11: "sp_prepare", 12: "sp_execute", 13: "sp_prepexec", 14: "sp_prepexecrpc", 15: "sp_unprepare",
}

// Bits of a parameter's status.
const (
	paramOutput  = 0x01
	paramDefault = 0x02
)

// Marks between the calls of one request, by version of the protocol.
const (
	nextCall   = 0xFF
	nextCall71 = 0x80
)

// maxParams is what a procedure takes at most.
const maxParams = 2100

// errTooMany is a call with more parameters than a server takes. It is answered,
// and the connection goes on.
var errTooMany = &tsql.Error{Number: 8003, State: 1, Class: 16, Message: "The incoming request has too many parameters. The server supports a maximum of 2100 parameters. Reduce the number of parameters and resend the request."}

// parseCalls decodes an RPC request.
func parseCalls(body []byte, protocol uint32) ([]call, error) {
	c := &cursor{b: body}
	c.headers(protocol)
	var out []call
	for first := true; c.err == nil && (first || len(c.b) > 0); first = false {
		out = append(out, c.call(protocol))
	}
	return out, c.err
}

// headers skips ALL_HEADERS, which version 7.2 brought.
func (c *cursor) headers(protocol uint32) {
	if protocol < tds72 {
		return
	}
	n := c.u32()
	if n < 4 {
		c.fail(errShort)
		return
	}
	c.bytes(int(n) - 4)
}

func (c *cursor) call(protocol uint32) call {
	var out call
	if n := c.u16(); n == math.MaxUint16 {
		id := c.u16()
		out.procedure = procedureIDs[id]
		if out.procedure == "" {
			out.procedure = "procedure " + strconv.Itoa(int(id))
		}
	} else {
		out.procedure = fromUTF16(c.bytes(2 * int(n)))
	}
	c.u16() // options: recompile, no metadata
	for c.err == nil && len(c.b) > 0 && !c.between(protocol) {
		if len(out.params) == maxParams {
			c.fail(errTooMany)
			break
		}
		if p, given := c.param(); given {
			out.params = append(out.params, p)
		}
	}
	return out
}

// between consumes the mark before another call. The length of a parameter's
// name is never that big.
func (c *cursor) between(protocol uint32) bool {
	mark := byte(nextCall)
	if protocol < tds72 {
		mark = nextCall71
	}
	if c.b[0] != mark {
		return false
	}
	c.u8()
	return true
}

// param decodes a parameter; one that asks for its default is not given.
func (c *cursor) param() (tsql.Param, bool) {
	p := tsql.Param{Name: c.shortText()}
	status := c.u8()
	t := c.paramType()
	p.Kind = t.kind
	if t.kind == tsql.NVarChar && !t.long && t.wide {
		p.Size = t.length / 2
	}
	p.Value = c.value(t)
	p.Output = status&paramOutput != 0
	return p, status&paramDefault == 0
}
