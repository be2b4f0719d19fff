# Runs one cmdlet of the Management Shell.

# ConvertTo-Parameter gives a value as the cmdlet takes it. {"$replace":[…]}
# stands for the list modifier @{Replace=…}, {"$file":"…"} for a file of that name
# in the job's folder.
function ConvertTo-Parameter($Value) {
    if ($Value -is [Management.Automation.PSCustomObject]) {
        if ($null -ne $Value.PSObject.Properties['$replace']) { return @{ Replace = [string[]]@($Value.'$replace') } }
        if ($null -ne $Value.PSObject.Properties['$file']) { return [IO.Path]::Combine($Folder, [IO.Path]::GetFileName($Value.'$file')) }
    }
    $Value
}

# Format-Line gives what a cmdlet wrote as text, by the stream it came from.
function Format-Line($Item) {
    try {
        switch ($Item.GetType().Name) {
            'ErrorRecord' { return "ERROR: $($Item.Exception.Message)" }
            'WarningRecord' { return "WARNING: $($Item.Message)" }
            'VerboseRecord' { return "$($Item.Message)" }
            'DebugRecord' { return "DEBUG: $($Item.Message)" }
            'InformationRecord' { return "$Item" } # of Write-Host, too
        }
        ($Item | Out-String -Width 200).Trim()
    } catch { "$Item" }
}

# Write-Report puts the words of a report in HTML into the log, where the cmdlets of
# deployment say what they leave out on the screen.
function Write-Report($Path) {
    if (-not [IO.File]::Exists($Path)) { return }
    $stream = [IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite')
    try {
        $buffer = New-Object char[] 1048576
        $reader = New-Object IO.StreamReader $stream, $true
        $html = New-Object string $buffer, 0, $reader.ReadBlock($buffer, 0, $buffer.Length)
    } finally { $stream.Dispose() }
    $text = [Regex]::Replace($html, '(?is)<(script|style|head)\b.*?</\1\s*>|<!--.*?-->', '')
    $text = [Net.WebUtility]::HtmlDecode([Regex]::Replace($text, '(?s)<[^>]*>', "`n"))
    $lines = @($text.Split([char[]]"`r`n") | ForEach-Object { $_.Trim() } | Where-Object { $_ -ne '' })
    foreach ($line in @($lines | Select-Object -First 2000)) { Write-Log "REPORT: $line" }
    if ($lines.Count -gt 2000) { Write-Log "REPORT: $($lines.Count - 2000) more lines are in $Path." }
}

# Write-Screen puts into the log what was written past all streams, to the screen
# that a job does not have.
function Write-Screen {
    if ($null -eq $Screen) { return }
    $Screen.Dispose()
    foreach ($line in [IO.File]::ReadAllText([IO.Path]::Combine($Folder, 'host.txt')).Split([char[]]"`n")) {
        if ($line.Trim() -ne '') { Write-Log "HOST: $($line.TrimEnd())" }
    }
}

$kind = 'module'
$failure = $null
$errors = 0
$report = ''
$Screen = $null
try {
    $Screen = New-Object IO.StreamWriter ([IO.File]::Open([IO.Path]::Combine($Folder, 'host.txt'), 'Create', 'Write', 'Read')), $Utf8
    [Console]::SetOut($Screen)
} catch { $null = $_ }
try {
    Import-Shell $Job.request.module
    $kind = 'cmdlet'
    $cmdlet = Get-Command -Module $Job.request.module -Name $Job.request.cmdlet
    $parameters = @{}
    foreach ($p in $Job.request.parameters.PSObject.Properties) { $parameters[$p.Name] = ConvertTo-Parameter $p.Value }
    if (-not $cmdlet.Parameters.ContainsKey('Report')) { $parameters.Remove('Report') }
    if ($parameters.ContainsKey('Report')) { $report = $parameters['Report'] }
    $parameters['Confirm'] = $false
    $parameters['Verbose'] = $true
    $parameters['ErrorAction'] = 'Continue' # an error that the cmdlet goes on after does not stop it half way
    & $cmdlet @parameters *>&1 | ForEach-Object {
        if ($_ -is [Management.Automation.ErrorRecord]) {
            $errors++
            if ($null -eq $failure) { $failure = Get-Failure $_ $kind '' }
        }
        Write-Log (Format-Line $_)
    }
} catch {
    if ($null -eq $failure) { $failure = Get-Failure $_ $kind '' }
    $errors++
    Write-Log (Format-Line $_)
}
if ($errors -gt 1) { $failure.message += " ($($errors - 1) more errors are in the log.)" }
$result = [ordered]@{ ok = $null -eq $failure }
if ($null -ne $failure) { $result['error'] = $failure }
Complete-Job $result {
    Write-Screen
    if ($report -ne '') { Write-Report $report }
}
