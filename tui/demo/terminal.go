package demo

import (
	"io"

	"github.com/charmbracelet/x/vt"
)

// answered throws away what a terminal replies to the program's questions,
// since it would otherwise wait for a reader; stop ends it.
func answered(screen *vt.Emulator) (stop func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, screen)
	}()
	return func() {
		if replies, is := screen.InputPipe().(io.Closer); is {
			_ = replies.Close()
		}
		<-done
	}
}
