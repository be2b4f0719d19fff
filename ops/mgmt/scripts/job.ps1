# Where a job lives on this host, and its scheduled task.

# Get-JobRoot gives the folder of all jobs.
function Get-JobRoot {
    [IO.Path]::Combine([Environment]::GetFolderPath('CommonApplicationData'), 'pchatops', 'jobs')
}

# Get-JobFolder gives the folder of one job; an id that is none never becomes a
# path.
function Get-JobFolder($Id) {
    if ($Id -cnotmatch '\A[a-z0-9-]{1,80}\z') { throw 'This is no job id.' }
    [IO.Path]::Combine((Get-JobRoot), $Id)
}

# Connect-Tasks reaches the Task Scheduler over COM, which 2008 R2 has too.
function Connect-Tasks {
    $service = New-Object -ComObject 'Schedule.Service'
    $service.Connect()
    $service
}

# Get-JobTask gives the job's task, nothing when it has none.
function Get-JobTask($Id) {
    try { (Connect-Tasks).GetFolder('\').GetTask("pchatops-$Id") } catch { $null }
}

# Remove-JobTask deletes the task and with it the stored password.
function Remove-JobTask($Id) {
    if ($null -eq (Get-JobTask $Id)) { return $false }
    (Connect-Tasks).GetFolder('\').DeleteTask("pchatops-$Id", 0)
    $true
}

# Read-Shared reads a file that the job may be rewriting; nothing when there is
# none yet.
function Read-Shared($Path) {
    if (-not [IO.File]::Exists($Path)) { return $null }
    $stream = [IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite, Delete')
    try { (New-Object IO.StreamReader $stream, $Utf8).ReadToEnd() } finally { $stream.Dispose() }
}

# Get-JobState says where a job stands. A job that has a result is done or
# failed; one without result whose task does not run was killed with the host,
# unless it has been made this minute and is only about to start.
function Get-JobState($Id) {
    $folder = Get-JobFolder $Id
    $task = Get-JobTask $Id
    $taskState = 0
    if ($null -ne $task) { $taskState = $task.State }
    $result = Read-Shared ([IO.Path]::Combine($folder, 'result.json'))
    if ($null -ne $result) {
        if ((ConvertFrom-Json $result).ok) { return 'done' }
        return 'failed'
    }
    if ($taskState -eq 2) { return 'queued' }
    if ($taskState -eq 4) { return 'running' }
    $made = [IO.File]::GetCreationTimeUtc([IO.Path]::Combine($folder, 'job.json'))
    $started = [IO.File]::Exists([IO.Path]::Combine($folder, 'log.txt'))
    if (-not $started -and ([DateTime]::UtcNow - $made).TotalSeconds -lt 60) { return 'queued' }
    'killed'
}

# Read-Log gives at most 64 KiB of the log from an offset.
function Read-Log($Path, $Offset) {
    if (-not [IO.File]::Exists($Path)) { return , (New-Object byte[] 0) }
    $stream = [IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite, Delete')
    try {
        $length = [Math]::Max(0, [Math]::Min(65536, $stream.Length - $Offset))
        $buffer = New-Object byte[] $length
        [void]$stream.Seek($Offset, 'Begin')
        $read = $stream.Read($buffer, 0, $length)
        if ($read -lt $length) { [Array]::Resize([ref]$buffer, $read) }
        , $buffer
    } finally { $stream.Dispose() }
}

# Read-Document gives a JSON file of the job, nothing when there is none.
function Read-Document($Path) {
    $text = Read-Shared $Path
    if ($null -ne $text) { ConvertFrom-Json $text }
}

# Wait-JobEnd gives the state of a job once it has ended, or when the time is
# over.
function Wait-JobEnd($Id, $Milliseconds) {
    $until = [DateTime]::UtcNow.AddMilliseconds([Math]::Max(0, [Math]::Min(20000, $Milliseconds)))
    while ($true) {
        $state = Get-JobState $Id
        if (('queued', 'running') -notcontains $state -or [DateTime]::UtcNow -ge $until) { return $state }
        Start-Sleep -Milliseconds 100
    }
}

# Get-JobView tells how a job stands. The task of one that has ended is removed,
# and its password with it; the folder stays as evidence.
function Get-JobView($Id, $Offset, $Milliseconds) {
    $folder = Get-JobFolder $Id
    # The state is read before the log, so that the log of a finished job is whole.
    $state = Wait-JobEnd $Id $Milliseconds
    $log = Read-Log ([IO.Path]::Combine($folder, 'log.txt')) $Offset
    $left = $false
    if (('queued', 'running') -notcontains $state) {
        try { [void](Remove-JobTask $Id) } catch { $left = $null -ne (Get-JobTask $Id) }
    }
    [ordered]@{
        ok = $true
        exists = $true
        state = $state
        log = [Convert]::ToBase64String($log)
        next = $Offset + $log.Length
        status = Read-Document ([IO.Path]::Combine($folder, 'status.json'))
        result = Read-Document ([IO.Path]::Combine($folder, 'result.json'))
        task = $left
    }
}
