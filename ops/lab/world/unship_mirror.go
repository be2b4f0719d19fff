package world

// UnshipMirror leaves log shipping with the primary only, as it is before it
// has been set up for the mirror.
func (w *World) UnshipMirror() {
	w.locked(func() {
		mirror := w.byHost("SQL02")
		if p := mirror.primaryOf(Database); p != nil {
			mirror.removePrimary(p)
		}
	})
}
