package world

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"pchatops/ops/lab/tsql"
)

// tongue is a language that a server's messages come in. Catalogue values, such
// as state_desc, are English everywhere.
type tongue struct {
	name  string            // @@LANGUAGE
	texts map[int32]string  // by number, with the English message's values in their order
	other string            // what any other message reads: its number and its values
	words map[string]string // of Windows, inside of messages
}

// tongues are the languages by their English names. The messages that are met in a
// disaster are in their own wording; the others keep their values alone, since
// nothing may depend on the words anyway.
var tongues = map[string]*tongue{
	"German": {
		name: "Deutsch", other: "Meldung %d des deutschen Servers: %s.",
		texts: map[int32]string{
			229:   "Die %s-Berechtigung wurde für das '%s'-Objekt, '%s'-Datenbank, '%s'-Schema, verweigert.",
			911:   "Die Datenbank '%s' ist nicht vorhanden. Stellen Sie sicher, dass Sie den Namen richtig eingegeben haben.",
			927:   "Die '%s'-Datenbank kann nicht geöffnet werden. Sie wird gerade wiederhergestellt.",
			3013:  "%s wird fehlerbedingt beendet.",
			3101:  "Exklusiver Zugriff konnte nicht erfolgen, weil die Datenbank gerade verwendet wird.",
			3154:  "Der Sicherungssatz enthält die Sicherung einer anderen Datenbank als der vorhandenen '%s'-Datenbank.",
			3201:  "Das Sicherungsmedium '%s' kann nicht geöffnet werden. Betriebssystemfehler %s.",
			3203:  "Fehler beim Lesen von '%s': %s",
			3211:  "%s Prozent verarbeitet.",
			4305:  "Das Protokoll in diesem Sicherungssatz beginnt mit LSN %s, was zu spät ist, um auf die Datenbank angewendet werden zu können. Eine frühere Protokollsicherung, die LSN %s einschließt, kann wiederhergestellt werden.",
			4326:  "Das Protokoll in diesem Sicherungssatz endet mit LSN %s, was zu früh ist, um auf die Datenbank angewendet werden zu können. Eine neuere Protokollsicherung, die LSN %s einschließt, kann wiederhergestellt werden.",
			18456: "Fehler bei der Anmeldung für den Benutzer '%s'.",
		},
		words: map[string]string{
			"The system cannot find the file specified.": "Das System kann die angegebene Datei nicht finden.",
			"The system cannot find the path specified.": "Das System kann den angegebenen Pfad nicht finden.",
			"Access is denied.":                          "Zugriff verweigert",
			"The network path was not found.":            "Der Netzwerkpfad wurde nicht gefunden.",
		},
	},
	"Japanese": {
		name: "日本語", other: "メッセージ %d: %s。",
		texts: map[int32]string{
			911:   "データベース '%s' は存在しません。名前が正しく入力されているかどうかを確認してください。",
			927:   "データベース '%s' は復元中なので、開くことができません。",
			3013:  "%s が異常終了しています。",
			3101:  "データベースが使用中なので、排他アクセスを獲得できませんでした。",
			3154:  "バックアップ セットには、既存の '%s' データベース以外のデータベースのバックアップが保持されています。",
			3201:  "バックアップ デバイス '%s' を開けません。オペレーティング システム エラー%s。",
			3203:  "'%s' の読み取りに失敗しました。%s",
			3211:  "%s パーセント処理されました。",
			4305:  "このバックアップ セットのログは LSN %s から始まっており、データベースに適用するには新しすぎます。LSN %s を含む以前のログ バックアップを復元できます。",
			4326:  "このバックアップ セットのログは LSN %s で終了しており、データベースに適用するには古すぎます。LSN %s を含むより新しいログ バックアップを復元できます。",
			18456: "ユーザー '%s' はログインできませんでした。",
		},
		words: map[string]string{
			"The system cannot find the file specified.": "指定されたファイルが見つかりません。",
			"The system cannot find the path specified.": "指定されたパスが見つかりません。",
			"Access is denied.":                          "アクセスが拒否されました。",
			"The network path was not found.":            "ネットワーク パスが見つかりません。",
		},
	},
}

// english is the language of a server that was not told another one.
const english = "us_english"

// SetLanguage has a server, or "all", speak another language; us_english again.
func (w *World) SetLanguage(instance, language string) error {
	t := tongues[language]
	if t == nil && language != english {
		return fmt.Errorf("language=%q: German, Japanese or %s", language, english)
	}
	told := w.instances
	if instance != "all" {
		i := w.Instance(instance)
		if i == nil {
			return fmt.Errorf("no instance %q", instance)
		}
		told = []*Instance{i}
	}
	for _, i := range told {
		i.tongue.Store(t)
	}
	return nil
}

// language is @@LANGUAGE.
func (i *Instance) language() string {
	if t := i.tongue.Load(); t != nil {
		return t.name
	}
	return english
}

// Said is a message as the server says it: in its language.
func (i *Instance) Said(e *tsql.Error) *tsql.Error {
	t := i.tongue.Load()
	if t == nil {
		return e
	}
	said := *e
	values := valuesOf(e)
	format, known := t.texts[e.Number]
	if known && strings.Count(format, "%s") == len(values) {
		said.Message = fmt.Sprintf(format, values...)
	} else {
		said.Message = fmt.Sprintf(t.other, e.Number, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
	}
	for words, other := range t.words {
		said.Message = strings.ReplaceAll(said.Message, words, other)
	}
	return &said
}

var (
	placeholder = regexp.MustCompile(`%[a-z]`)
	quotedPart  = regexp.MustCompile(`'[^']*'|"[^"]*"|\d+`)
	patterns    sync.Map // *regexp.Regexp by number
)

// valuesOf gives the values of an English message. One without a known format
// keeps what is quoted, and its numbers.
func valuesOf(e *tsql.Error) (values []any) {
	t, ok := texts[e.Number]
	if !ok {
		for _, part := range quotedPart.FindAllString(e.Message, -1) {
			values = append(values, part)
		}
		return values
	}
	found, ok := patterns.Load(e.Number)
	if !ok {
		literal := placeholder.Split(strings.ReplaceAll(t.format, "%%", "%"), -1)
		for n := range literal {
			literal[n] = regexp.QuoteMeta(literal[n])
		}
		found, _ = patterns.LoadOrStore(e.Number, regexp.MustCompile(`(?s)\A`+strings.Join(literal, "(.*)")+`\z`))
	}
	match := found.(*regexp.Regexp).FindStringSubmatch(e.Message)
	for _, part := range match[min(1, len(match)):] {
		values = append(values, part)
	}
	return slices.Clip(values)
}
