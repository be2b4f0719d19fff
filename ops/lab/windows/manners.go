package windows

import (
	"bytes"
	"strings"
	"unicode/utf16"
)

// Manners is what is odd about a host; the zero value is a host where nothing is.
type Manners struct {
	// Language is that of Windows, SQL Server's client and the cmdlets: "de", "ja";
	// anything else is English. What .NET says itself is English in any case,
	// because a script may ask for that.
	Language    string
	Constrained bool   // a policy holds PowerShell in Constrained Language Mode
	Output      string // what becomes of standard output: one of Outputs
	NoHop       bool   // a shell's own logon does not reach a further server
}

// Outputs are the ways in which the output of a command arrives otherwise than it
// was written.
var Outputs = map[string]func(out []byte) []byte{
	"autorun": func(out []byte) []byte { // a key AutoRun of cmd.exe
		return append([]byte("Active code page: 850\r\nWelcome to {FE11}\r\n"), out...)
	},
	"flood": func(out []byte) []byte {
		return append([]byte(strings.Repeat("x", 5<<20)+"\r\n"), out...)
	},
	"behind":  func(out []byte) []byte { return append(bytes.Clone(out), "Transcript stopped.\r\n"...) },
	"cut":     func(out []byte) []byte { return out[:len(out)*2/3] },
	"doubled": func(out []byte) []byte { return append(bytes.Clone(out), out...) },
	"utf-16": func(out []byte) []byte {
		wide := []byte{0xFF, 0xFE}
		for _, unit := range utf16.Encode([]rune(string(out))) {
			wide = append(wide, byte(unit), byte(unit>>8))
		}
		return wide
	},
	"oem": func(out []byte) []byte { // a Western European code page
		return bytes.Replace(out, []byte(`"ok":`), []byte("\"ok\":\"\x84\x94\x81\",\"was\":"), 1)
	},
}

// arrives runs a program whose output passes through what the host does to it.
func (p *process) arrives(run func() int) int {
	change := Outputs[p.host.Manners().Output]
	if change == nil {
		return run()
	}
	var written bytes.Buffer
	to := p.stdout
	p.stdout = &written
	code := run()
	p.stdout = to
	if _, err := to.Write(change(written.Bytes())); err != nil {
		return 1
	}
	return code
}

// words are texts of Windows in the languages that a host may have.
var words = map[string]map[int]string{
	"de": {
		5: "Zugriff verweigert", 53: "Der Netzwerkpfad wurde nicht gefunden.", 64: "Der angegebene Netzwerkname ist nicht mehr verfügbar.",
		67: "Der Netzwerkname wurde nicht gefunden.", 1326: "Der Benutzername oder das Kennwort ist falsch.",
		1330: "Das Kennwort dieses Kontos ist abgelaufen.", 1331: "Dieser Benutzer kann sich nicht anmelden, weil das Konto zurzeit deaktiviert ist.",
		1907: "Das Kennwort des Benutzers muss vor der ersten Anmeldung geändert werden.", 1909: "Das angegebene Konto ist momentan gesperrt, sodass keine Anmeldung möglich ist.",
	},
	"ja": {
		5: "アクセスが拒否されました。", 53: "ネットワーク パスが見つかりません。", 64: "指定されたネットワーク名は利用できません。",
		67: "ネットワーク名が見つかりません。", 1326: "ユーザー名またはパスワードが正しくありません。",
		1330: "このアカウントのパスワードの有効期限が切れています。", 1331: "このアカウントは現在無効になっているため、このユーザーはサインインできません。",
		1907: "初めてサインインする前に、ユーザーのパスワードを変更する必要があります。", 1909: "参照したアカウントは現在ロックアウトされており、ログオンできません。",
	},
}

// say gives a text of Windows in the host's language.
func (h *Host) say(w *Win32Error) string {
	if text := words[h.Manners().Language][w.Code]; text != "" {
		return text
	}
	return w.Text
}

// anonymous is what SQL Server tells a logon that was not passed on to it.
func (h *Host) anonymous() error {
	text := `Cannot open database "xds" requested by the login. The login failed. Login failed for user 'NT AUTHORITY\ANONYMOUS LOGON'.`
	switch h.Manners().Language {
	case "de":
		text = `Die von der Anmeldung angeforderte "xds"-Datenbank kann nicht geöffnet werden. Fehler bei der Anmeldung. Fehler bei der Anmeldung für den Benutzer "NT-AUTORITÄT\ANONYMOUS-ANMELDUNG".`
	case "ja":
		text = `このログインで要求されたデータベース "xds" を開けません。ログインに失敗しました。ユーザー 'NT AUTHORITY\ANONYMOUS' はログインできませんでした。`
	}
	return &CmdletError{Message: text, ID: "SqlException," + rtc + "Xds.GetOcsServiceCmdlet", Category: "NotSpecified", SQL: 18456}
}
