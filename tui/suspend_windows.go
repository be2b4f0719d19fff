package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// resumable is always false: Windows has no job control.
func resumable() bool { return false }

// whenContinued has nothing to do: nothing is stopped without job control.
func whenContinued(context.Context, *tea.Program) {}
