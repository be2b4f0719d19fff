package windows

import (
	"context"
	"strings"
)

func setPoolState(_ context.Context, h *Host, a arguments, _ func(string)) ([]object, error) {
	state := a.text("PoolState")
	if state == "" {
		state = "Normal" // the cmdlet's own default
	}
	return nil, h.Estate.SetPoolState(a.text("Identity"), state)
}

func setActiveServers(_ context.Context, h *Host, a arguments, _ func(string)) ([]object, error) {
	list, err := servers(a["activeservers"])
	if err == nil {
		err = h.Estate.Takes(a.text("Identity"))
	}
	if err != nil {
		return nil, err
	}
	return nil, h.Estate.SetActiveServers(list)
}

// servers reads a list modifier that replaces. Null empties the list; names
// that were typed come joined by commas.
func servers(value any) ([]string, error) {
	if m, ok := value.(map[string]any); ok && len(m) == 1 {
		value = m["$replace"]
	}
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		if strings.EqualFold(v, "$null") {
			return nil, nil
		}
		return strings.Split(v, ","), nil
	case []any:
		var list []string
		for _, name := range v {
			text, ok := name.(string)
			if !ok {
				return nil, notAModifier()
			}
			list = append(list, text)
		}
		return list, nil
	}
	return nil, notAModifier()
}

func notAModifier() error {
	return &CmdletError{
		Message:  "Cannot bind parameter 'ActiveServers': the value is no list modifier.",
		ID:       "CannotConvertArgumentNoMessage," + rtc + "PersistentChat.Cmdlets.SetPersistentChatActiveServerCmdlet",
		Category: "InvalidArgument",
	}
}

func installMirror(ctx context.Context, h *Host, a arguments, log func(string)) ([]object, error) {
	if err := chatDatabase(a); err != nil {
		return nil, err
	}
	// The mirror is the one that the topology names; the cmdlet has no
	// parameter for it.
	return nil, h.Estate.InstallMirror(ctx, Mirror{
		SQLServerFQDN: a.text("SqlServerFqdn"),
		Instance:      a.text("SqlInstanceName"),
		FileShare:     a.text("FileShare"),
		DropExisting:  a.flag("DropExistingDatabasesOnMirror"),
	}, log)
}

func failoverDatabase(ctx context.Context, h *Host, a arguments, log func(string)) ([]object, error) {
	if err := h.checkPool(a.text("PoolFqdn")); err != nil {
		return nil, err
	}
	if err := chatDatabase(a); err != nil {
		return nil, err
	}
	return nil, h.Estate.FailoverDatabase(ctx, a.text("NewPrincipal"), a.flag("Force"), log)
}

// chatDatabase refuses the databases that the lab does not have.
func chatDatabase(a arguments) error {
	if kind := a.text("DatabaseType"); !strings.EqualFold(kind, "PersistentChat") {
		return &CmdletError{
			Message: "The database type \"" + kind + "\" is not present on the pool.",
			ID:      "DatabaseTypeNotPresent," + rtc + "Deployment", Category: "InvalidArgument",
		}
	}
	return nil
}
