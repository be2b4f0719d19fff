package drive

import "bytes"

// Take gives what the program sent since the last take or count, as a terminal
// device would have received it and without the driver's marks: for recordings.
func (d *Console) Take() []byte {
	d.term.mu.Lock()
	defer d.term.mu.Unlock()
	sent := overhead.ReplaceAll(d.term.sent, nil)
	d.term.sent = nil
	return bytes.ReplaceAll(sent, []byte("\n"), []byte("\r\n"))
}
