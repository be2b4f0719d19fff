package world_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pchatops/ops/lab/tsql"
	"pchatops/ops/lab/world"
)

// Another language changes the words of a message and nothing else: neither its
// number nor the names and numbers in it.
func TestAServerSaysItsMessagesInItsLanguage(t *testing.T) {
	w := site(t)
	i := w.Instance(`SQL11\RTC`)
	said := func(number int32, class uint8, text string) string {
		e := i.Said(&tsql.Error{Number: number, Class: class, Message: text})
		require.Equal(t, []any{number, class}, []any{e.Number, e.Class})
		return e.Message
	}
	const denied = `Cannot open backup device 'E:\LogShip\mgc (3).trn'. Operating system error 5(Access is denied.).`
	for language, want := range map[string]string{
		"us_english": denied,
		"German":     `Das Sicherungsmedium 'E:\LogShip\mgc (3).trn' kann nicht geöffnet werden. Betriebssystemfehler 5(Zugriff verweigert).`,
		"Japanese":   `バックアップ デバイス 'E:\LogShip\mgc (3).trn' を開けません。オペレーティング システム エラー5(アクセスが拒否されました。)。`,
	} {
		require.NoError(t, w.SetLanguage("all", language))
		require.Equal(t, want, said(3201, 16, denied), language)
	}
	require.NoError(t, w.SetLanguage("all", "German"))
	require.Equal(t, "50 Prozent verarbeitet.", said(3211, 0, "50 percent processed."))
	require.Equal(t, "Meldung 32014 des deutschen Servers: mgc.", said(32014, 16, "Database mgc does not exist as log shipping secondary."))
	require.Equal(t, "Meldung 99 des deutschen Servers: 'x' 7.", said(99, 16, "Nobody knows 'x' of 7."))
	require.Error(t, w.SetLanguage("all", "Klingon"))
	require.Error(t, w.SetLanguage("SQL99", "German"))
}

func TestAServerIsOfAnEdition(t *testing.T) {
	w := site(t)
	require.NoError(t, w.SetEdition(`SQL11\RTC`, "Enterprise"))
	require.Error(t, w.SetEdition(`SQL11\RTC`, "Express"))
	for role, want := range map[string]string{world.Secondary: "Enterprise Edition (64-bit) 3", world.SecondaryMirror: "Standard Edition (64-bit) 2"} {
		require.Equal(t, want, admin(t, w, role).cell("SELECT CONVERT(nvarchar(60), SERVERPROPERTY('Edition')) + ' ' + CONVERT(nvarchar(2), SERVERPROPERTY('EngineEdition')) AS said"))
	}
}
