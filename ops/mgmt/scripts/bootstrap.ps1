# Reads script, request and secret from standard input and runs the script. The
# input is taken as $input, because PowerShell itself reads the stream.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$Lines = @($input)
if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    "{""ok"":false,""error"":{""kind"":""language"",""message"":""PowerShell is in the mode $($ExecutionContext.SessionState.LanguageMode) on this host.""}}"
    exit 0
}
function ConvertFrom-Line($Line) { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String("$Line".Trim())) }
$Script = [ScriptBlock]::Create((ConvertFrom-Line $Lines[0]))
$Request = ConvertFrom-Json (ConvertFrom-Line $Lines[1])
$Secret = ''
if ($Lines.Count -gt 2) { $Secret = ConvertFrom-Line $Lines[2] }
& $Script
exit 0
