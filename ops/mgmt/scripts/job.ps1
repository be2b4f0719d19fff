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

# Get-JobTask gives the job's task, nothing when it has none. That it cannot be
# looked at is an error.
function Get-JobTask($Id) {
    try { (Connect-Tasks).GetFolder('\').GetTask("pchatops-$Id") } catch {
        if ((Get-Win32Code $_.Exception) -ne 2) { throw }
        $null
    }
}

# Get-TaskState gives the state of the job's task, 0 when it has none. A property
# that cannot be read is nothing in PowerShell, which must not pass for a state.
function Get-TaskState($Task) {
    if ($null -eq $Task) { return 0 }
    $state = $Task.State
    if ($null -eq $state) { throw 'The Task Scheduler does not tell the state of the task.' }
    $state
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
# unless it has been made this minute and is only about to start. So was one whose
# result a loss of power has damaged: how it ended is not known.
function Get-JobState($Id) {
    $folder = Get-JobFolder $Id
    $unread = $null
    # The task is looked at before the result, which a job writes while it still runs.
    try { $taskState = Get-TaskState (Get-JobTask $Id) } catch { $unread = $_ }
    $path = [IO.Path]::Combine($folder, 'result.json')
    if ([IO.File]::Exists($path)) {
        $result = Read-Document $path
        if ($null -eq $result -or $null -eq $result.PSObject.Properties['ok']) { return 'killed' }
        if ($result.ok) { return 'done' }
        return 'failed'
    }
    if ($null -ne $unread) { throw $unread }
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

# Read-Document gives a JSON file of the job, $null when there is none or it is
# damaged.
function Read-Document($Path) {
    $text = Read-Shared $Path
    $document = $null
    if ($null -ne $text) { try { $document = ConvertFrom-Json $text } catch { $null = $_ } }
    if ($document -isnot [Management.Automation.PSCustomObject]) { return $null }
    $document
}

# Wait-JobEnd gives the state of a job once it has ended, or when the time is
# over.
function Wait-JobEnd($Id, $Milliseconds) {
    $until = [DateTime]::UtcNow.AddMilliseconds([Math]::Max(0, [Math]::Min(20000, $Milliseconds)))
    while ($true) {
        $late = [DateTime]::UtcNow -ge $until
        try {
            $state = Get-JobState $Id
            if ($late -or ('queued', 'running') -notcontains $state) { return $state }
        } catch { if ($late) { throw } }
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
        # The job removes its task at the same moment; only a task that is still there is left.
        try { [void](Remove-JobTask $Id) } catch { try { $left = $null -ne (Get-JobTask $Id) } catch { $left = $true } }
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
