package tds

import (
	"encoding/binary"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// message reads one message of the server's and gives its tokens.
func (c *rawClient) message() []byte {
	c.t.Helper()
	var body []byte
	for {
		var header [headerSize]byte
		_, err := io.ReadFull(c.nc, header[:])
		require.NoError(c.t, err)
		part := make([]byte, int(binary.BigEndian.Uint16(header[2:]))-headerSize)
		_, err = io.ReadFull(c.nc, part)
		require.NoError(c.t, err)
		body = append(body, part...)
		if header[1]&statusLast != 0 {
			return body
		}
	}
}

// token is DONE, or the kind of an ENVCHANGE, as a test looks for it.
type token struct {
	kind    byte
	status  uint16
	command uint16
}

// tokens reads a message of DONE, ENVCHANGE, INFO, ERROR and RETURNSTATUS.
func (c *rawClient) tokens() (out []token) {
	c.t.Helper()
	for b := c.message(); len(b) > 0; {
		switch b[0] {
		case tokenDone, tokenDoneProc, tokenDoneInProc:
			out = append(out, token{b[0], binary.LittleEndian.Uint16(b[1:]), binary.LittleEndian.Uint16(b[3:])})
			b = b[13:]
		case tokenReturnStatus:
			b = b[5:]
		case tokenEnvChange:
			out = append(out, token{kind: b[3]})
			b = b[3+binary.LittleEndian.Uint16(b[1:]):]
		default:
			require.Contains(c.t, []byte{tokenInfo, tokenError}, b[0])
			b = b[3+binary.LittleEndian.Uint16(b[1:]):]
		}
	}
	return out
}

func (c *rawClient) batch(text string) []token {
	c.t.Helper()
	c.send(packetBatch, allHeaders(), toUTF16(text))
	return c.tokens()
}

// A cancelled request ends, and then its attention is acknowledged in a message of
// its own (MS-TDS 3.3.5).
func TestAnAttentionIsAcknowledgedInAMessageOfItsOwn(t *testing.T) {
	_, address := start(t, nil)
	c := dial(t, address)
	c.send(packetBatch, allHeaders(), toUTF16("WAITFOR DELAY '01:00:00'"))
	c.send(packetAttention)
	require.Equal(t, []token{{tokenDone, doneError, 0}}, c.tokens())
	require.Equal(t, []token{{tokenDone, doneAttention, 0}}, c.tokens())
	require.Equal(t, []token{{tokenDone, 0, 0}}, c.batch("PRINT 'on'"), "the connection goes on")
}

// A request that the client takes back while it sends it has one answer.
func TestARequestThatWasTakenBackIsAnswered(t *testing.T) {
	i, address := start(t, nil)
	c := dial(t, address)
	c.sendStatus(packetBatch, statusLast|statusIgnore, allHeaders(), toUTF16(restoreLog))
	require.Equal(t, []token{{tokenDone, doneError, 0}}, c.tokens())
	require.Empty(t, i.why())
}

// What a statement has changed is known before it is done.
func TestTheEndOfATransactionIsToldAsWhatItWas(t *testing.T) {
	_, address := start(t, nil)
	c := dial(t, address)
	const begin, commit, rollback = 0xD4, 0xD5, 0xD2
	require.Equal(t, []token{{envBegin, 0, 0}, {tokenDone, 0, begin}}, c.batch("BEGIN TRAN"))
	require.Equal(t, []token{{envRollback, 0, 0}, {tokenDone, 0, rollback}}, c.batch("ROLLBACK"))
	require.Equal(t, []token{{envBegin, 0, 0}, {tokenDone, doneMore, begin}, {envCommit, 0, 0}, {tokenDone, 0, commit}}, c.batch("BEGIN TRAN; COMMIT"))
	name := toUTF16("lång")
	transact := func(what byte, rest ...byte) []token {
		c.send(packetTransaction, allHeaders(), []byte{what, 0}, rest)
		return c.tokens()
	}
	named := append([]byte{byte(len(name))}, name...)
	require.Equal(t, envBegin, int(transact(transactionBegin, append([]byte{2}, named...)...)[0].kind))
	transact(transactionSave, named...)
	back := transact(transactionRollback, append(named, 0)...)
	require.Equal(t, []byte{tokenDone}, []byte{back[0].kind}, "a savepoint ends nothing")
	require.Equal(t, envRollback, int(transact(transactionRollback, 0, 0)[0].kind))
	require.Equal(t, uint16(doneError), transact(transactionRollback, 0, 0)[0].status)
}

// Each statement that is no declaration is done, and says what it was.
func TestEveryStatementIsDone(t *testing.T) {
	_, address := start(t, nil)
	c := dial(t, address)
	require.Equal(t, []token{
		{tokenDone, doneMore, 0}, {tokenDone, doneMore, 0}, {tokenDone, doneMore, 0xC6}, {tokenDone, doneMore | doneCount, 0xC3}, {tokenDone, doneCount, 0xC4},
	}, c.batch("DECLARE @x int; SET @x = 1; PRINT 'x'; CREATE TABLE #d (a int); INSERT #d VALUES (1); DELETE #d"))
}

// A call of what is not there is one error, and its end says so.
func TestACallOfAnUnknownProcedureEndsWithAnError(t *testing.T) {
	_, address := start(t, nil)
	c := dial(t, address)
	name := toUTF16("nothing")
	c.send(packetRPC, allHeaders(), []byte{byte(len(name) / 2), 0}, name, []byte{0, 0})
	require.Equal(t, []token{{tokenDoneProc, doneError, 0}}, c.tokens())
}

// Drivers of old ask for a fresh session by a procedure.
func TestASessionIsResetByItsProcedure(t *testing.T) {
	_, address := start(t, nil)
	c := dial(t, address)
	c.batch("USE msdb; SET NOEXEC ON")
	name := toUTF16("sp_reset_connection")
	c.send(packetRPC, allHeaders(), []byte{byte(len(name) / 2), 0}, name, []byte{0, 0})
	require.Equal(t, []token{{kind: envDatabase}, {kind: envReset}, {tokenDoneProc, 0, 0}}, c.tokens())
	require.Equal(t, []token{{tokenDone, 0, 0}}, c.batch("PRINT 'it runs again'"))
}

// What the lab takes no parameters of is refused, and the connection goes on.
func TestAParameterThatTheLabDoesNotTakeIsRefused(t *testing.T) {
	_, address := start(t, nil)
	c := dial(t, address)
	for _, of := range []byte{0x62, 0xF3} { // sql_variant, table
		c.send(packetRPC, allHeaders(), []byte{0xFF, 0xFF, 10, 0, 0, 0, 0, 0, of, 0, 0, 0, 0})
		answer := string(c.message())
		require.Contains(t, answer, string(toUTF16("simulated server")))
	}
	require.Equal(t, []token{{tokenDone, 0, 0}}, c.batch("PRINT 'on'"))
}
