package windows

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"
)

const psVersion = "5.1.14409.1005"

// exitBadArguments is powershell.exe's exit code for arguments it cannot use.
const exitBadArguments = -196608

// switches are the parameters of powershell.exe that need no value here.
var switches = map[string]bool{"noprofile": true, "noninteractive": true, "nologo": true, "noexit": true, "sta": true, "mta": true}

// valued are those that have a value.
var valued = map[string]bool{"executionpolicy": true, "ep": true, "inputformat": true, "outputformat": true, "windowstyle": true, "version": true}

// readsInput recognises a script that takes its work from standard input.
var readsInput = regexp.MustCompile(`(?i)\$input\b|\[Console\]::(In\b|OpenStandardInput)|ReadLine|ReadToEnd`)

// powershell is powershell.exe.
func (p *process) powershell(ctx context.Context, args []string) int {
	for i := 0; i < len(args); i++ {
		name := strings.ToLower(strings.TrimLeft(args[i], "-/"))
		flag := name != strings.ToLower(args[i])
		switch {
		case flag && switches[name]:
		case flag && valued[name]:
			i++
		case flag && (name == "ec" || name != "" && strings.HasPrefix("encodedcommand", name)):
			return p.encoded(ctx, strings.Join(args[i+1:], ""))
		case flag && name != "" && strings.HasPrefix("command", name):
			return p.commandText(ctx, strings.Join(args[i+1:], " "))
		case flag && name != "":
			p.complain("%s : is no parameter of powershell.exe that this simulated host knows.", args[i])
			return exitBadArguments
		default:
			return p.commandText(ctx, strings.Join(args[i:], " "))
		}
	}
	return 0
}

// commandText runs a command, or what comes on standard input when that is "-".
func (p *process) commandText(ctx context.Context, text string) int {
	if strings.TrimSpace(text) != "-" {
		return p.script(ctx, text)
	}
	input, err := io.ReadAll(io.LimitReader(p.stdin, maxInput))
	if err != nil {
		return p.die(err)
	}
	return p.script(ctx, string(input))
}

func (p *process) encoded(ctx context.Context, text string) int {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 || len(raw)%2 != 0 {
		p.complain("Cannot process the command because the value specified with -EncodedCommand is not properly encoded. " +
			"The value must be Base64 encoded.")
		return exitBadArguments
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return p.script(ctx, string(utf16.Decode(units)))
}

// script runs PowerShell text. What reads standard input gets what the script
// contract sends there; anything else is taken as simple commands.
func (p *process) script(ctx context.Context, text string) int {
	if p.host.Manners().Constrained {
		return p.constrained(text)
	}
	if readsInput.MatchString(text) {
		return p.runScript(ctx)
	}
	for _, s := range statements(text) {
		if err := p.statement(ctx, s); err != nil {
			return p.die(err)
		}
	}
	return 0
}

// constrained runs PowerShell text in Constrained Language Mode. A text that looks
// at its mode may say what it found; calls of methods fail.
func (p *process) constrained(text string) int {
	const mode = "ConstrainedLanguage"
	if strings.Contains(text, "LanguageMode") {
		_ = writeAnswer(p.stdout, nil, &failure{Kind: "language", Message: "PowerShell is in the mode " + mode + " on this host."})
		return 0
	}
	return p.die(&errorRecord{
		name: "powershell.exe", category: "InvalidOperation: (:) []", kind: "RuntimeException", id: "MethodInvocationNotSupportedInConstrainedLanguage",
		message: "Cannot invoke method. Method invocation is supported only on core types in this language mode.",
	})
}
