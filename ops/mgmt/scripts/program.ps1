# What every job program shares. It runs as a scheduled task in the job's own
# folder and tells the console through files: log.txt grows, status.json is
# rewritten, result.json is written once, at the end.
$Folder = [Environment]::CurrentDirectory
$Job = ConvertFrom-Json ([IO.File]::ReadAllText([IO.Path]::Combine($Folder, 'job.json'), $Utf8))
$LogStream = [IO.File]::Open([IO.Path]::Combine($Folder, 'log.txt'), 'Append', 'Write', 'ReadWrite')
$LogWriter = New-Object IO.StreamWriter $LogStream, $Utf8
$LogWriter.AutoFlush = $true

# Write-Log adds lines to the log.
function Write-Log($Text) {
    $LogWriter.Write("$Text".TrimEnd() + "`n")
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

# Complete-Job writes the result and takes the task with its password away. The
# console would do so too, but may never come back.
function Complete-Job($Result) {
    Save-Document 'result.json' $Result
    $LogWriter.Dispose()
    try {
        $service = New-Object -ComObject 'Schedule.Service'
        $service.Connect()
        $service.GetFolder('\').DeleteTask("pchatops-$($Job.id)", 0)
    } catch { $null = $_ }
    if ($Result.ok) { exit 0 }
    exit 1
}

# A job begins once, in its time, and not after another console has taken over:
# job-find creates the same file then.
try { [IO.File]::Open([IO.Path]::Combine($Folder, 'begun'), 'CreateNew', 'Write', 'None').Dispose() } catch { exit 1 }
if ((Get-Tick) -gt $Job.notAfter) {
    Complete-Job ([ordered]@{ ok = $false; error = New-Failure 'late' 'The time in which this job might be begun is over.' '' })
}

