# What every job program shares. It runs as a scheduled task in the job's own
# folder and tells the console through files: log.txt grows, status.json is
# rewritten, result.json is written once, at the end.
$Folder = [Environment]::CurrentDirectory
$Log = @{ Writer = $null; Left = 4194304 }

# Write-Log adds lines to the log, which is bounded. That they cannot be written
# ends nothing.
function Write-Log($Text) {
    if ($null -eq $Log.Writer -or $Log.Left -le 0) { return }
    try {
        $line = "$Text".TrimEnd()
        $Log.Left -= $line.Length + 1
        if ($Log.Left -le 0) { $line = 'The log ends here: it is full.' }
        $Log.Writer.Write("$line`n")
    } catch { $null = $_ }
}

# Save-Document writes a file under another name and puts it in place at once,
# so that a reader never sees half of it. It has reached the disk by then, so that
# a loss of power leaves no empty one.
function Save-Document($Name, $Value) {
    $path = [IO.Path]::Combine($Folder, $Name)
    $bytes = $Utf8.GetBytes((ConvertTo-Text $Value))
    $stream = [IO.File]::Open("$path.tmp", 'Create', 'Write', 'None')
    try {
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush($true)
    } finally { $stream.Dispose() }
    if ([IO.File]::Exists($path)) { [IO.File]::Replace("$path.tmp", $path, [NullString]::Value) } else { [IO.File]::Move("$path.tmp", $path) }
}

# Save-Result writes the result, and again while the disk does not take it: it is
# what tells a success from a job that was killed.
function Save-Result($Result) {
    for ($n = 1; $true; $n++) {
        try { Save-Document 'result.json' $Result; return $true } catch {
            if ($n -ge 20) { return $false }
            Start-Sleep -Milliseconds ([Math]::Min(3000, 50 * $n * $n))
        }
    }
}

# Complete-Job saves the result before anything else, then says what is left to
# say, and takes the task with its password away. The console would do so too, but
# may never come back.
function Complete-Job($Result, $Afterwards) {
    $saved = Save-Result $Result
    try {
        if ($null -ne $Afterwards) { & $Afterwards }
        if ($null -ne $Log.Writer) { $Log.Writer.Dispose() }
    } catch { $null = $_ }
    $Begun.Dispose()
    try {
        if ($saved) {
            $service = New-Object -ComObject 'Schedule.Service'
            $service.Connect()
            $service.GetFolder('\').DeleteTask("pchatops-$($Job.id)", 0)
        }
    } catch { $null = $_ }
    if ($Result.ok) { exit 0 }
    exit 1
}

# A job begins once, in its time, and not after another console has taken over:
# job-find creates the same file then. It keeps the file open as long as it lives,
# and that is how others see that it does.
try { $Begun = [IO.File]::Open([IO.Path]::Combine($Folder, 'begun'), 'CreateNew', 'Write', 'None') } catch { exit 1 }
try {
    $Log.Writer = New-Object IO.StreamWriter ([IO.File]::Open([IO.Path]::Combine($Folder, 'log.txt'), 'Append', 'Write', 'ReadWrite')), $Utf8
    $Log.Writer.AutoFlush = $true
} catch { $null = $_ }
try {
    $Job = ConvertFrom-Json ([IO.File]::ReadAllText([IO.Path]::Combine($Folder, 'job.json'), $Utf8))
    $late = (Get-Tick) -gt $Job.notAfter
} catch {
    $Job = @{ id = [IO.Path]::GetFileName($Folder) }
    $failure = Get-Failure $_ 'win32' 'job.json'
    $failure.kind = 'unbegun'
    Complete-Job ([ordered]@{ ok = $false; error = $failure })
}
if ($late) {
    Complete-Job ([ordered]@{ ok = $false; error = New-Failure 'late' 'The time in which this job might be begun is over.' '' })
}

