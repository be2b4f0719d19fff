package main

import "os"

// hangups are the signals that end the screen and not the step under way.
var hangups = []os.Signal{os.Interrupt}
