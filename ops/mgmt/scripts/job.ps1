# Where a job lives on this host, and its scheduled task.
$LogPiece = 262144

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

# Get-TaskState gives the state of a task, 0 when there is none. A property that
# cannot be read is nothing in PowerShell, which must not pass for a state.
function Get-TaskState($Task) {
    if ($null -eq $Task) { return 0 }
    $state = $Task.State
    if ($null -eq $state) { throw 'The Task Scheduler does not tell the state of the task.' }
    $state
}

# Get-TaskResult gives how the last start of a task ended, 0 when it has not ended
# or is not told. Ready, running, not run yet and queued are no ends.
function Get-TaskResult($Task) {
    if ($null -eq $Task) { return 0 }
    $result = $Task.LastTaskResult
    if ($null -eq $result -or (0x41300, 0x41301, 0x41303, 0x41325) -contains $result) { return 0 }
    $result
}

# Remove-JobTask deletes the task and with it the stored password.
function Remove-JobTask($Id) {
    if ($null -eq (Get-JobTask $Id)) { return $false }
    (Connect-Tasks).GetFolder('\').DeleteTask("pchatops-$Id", 0)
    $true
}

# Clear-JobTask removes the task of a job that has ended, and says whether one is
# left. The job removes its task at the same moment; only a task that is still there
# is left.
function Clear-JobTask($Id) {
    try { [void](Remove-JobTask $Id) } catch {
        try { return $null -ne (Get-JobTask $Id) } catch { return $true }
    }
    $false
}

# Clear-Tasks removes the tasks of jobs that have ended and that nobody has looked
# at since, also those whose folder is gone. A task that cannot be judged stays: it
# expires.
function Clear-Tasks {
    try {
        foreach ($task in @((Connect-Tasks).GetFolder('\').GetTasks(1))) {
            if ("$($task.Name)" -cnotmatch '\Apchatops-([a-z0-9-]{1,80})\z') { continue }
            $id = $Matches[1]
            try {
                if ((2, 4) -contains (Get-TaskState $task)) { continue }
                $there = [IO.File]::Exists([IO.Path]::Combine((Get-JobFolder $id), 'job.json'))
                if (-not $there -or ('queued', 'running') -notcontains (Get-JobState $id)) { [void](Clear-JobTask $id) }
            } catch { $null = $_ }
        }
    } catch { $null = $_ }
}

# Read-Shared reads a file that the job may be rewriting; nothing when there is
# none yet.
function Read-Shared($Path) {
    if (-not [IO.File]::Exists($Path)) { return $null }
    $stream = [IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite, Delete')
    try { (New-Object IO.StreamReader $stream, $Utf8).ReadToEnd() } finally { $stream.Dispose() }
}

# Test-Held says whether a job lives: its program keeps the file `begun` open for
# itself alone, from its beginning to its end.
function Test-Held($Folder) {
    try { [IO.File]::Open([IO.Path]::Combine($Folder, 'begun'), 'Open', 'Read', 'ReadWrite, Delete').Dispose() } catch {
        $code = Get-Win32Code $_.Exception
        if ($code -eq 32 -or $code -eq 33) { return $true }
        if ($code -ne 2 -and $code -ne 3) { throw }
    }
    $false
}

# Get-JobState says where a job stands. What it holds open tells whether it lives,
# and the Task Scheduler is a second witness: only if both say no is it dead. A job
# without result was killed then; so was one whose result a loss of power has
# damaged: how it ended is not known.
function Get-JobState($Id) {
    $folder = Get-JobFolder $Id
    $path = [IO.Path]::Combine($folder, 'result.json')
    $held = Test-Held $folder
    if ([IO.File]::Exists($path)) {
        # What a job does after it has saved its result takes a moment.
        if ($held -and ([DateTime]::UtcNow - [IO.File]::GetLastWriteTimeUtc($path)).TotalSeconds -lt 10) { return 'running' }
        $result = Read-Document $path
        if ($null -eq $result -or $null -eq $result.PSObject.Properties['ok']) { return 'killed' }
        if ($result.ok) { return 'done' }
        return 'failed'
    }
    if ($held) { return 'running' }
    if (-not [IO.File]::Exists([IO.Path]::Combine($folder, 'begun'))) { return Get-UnbegunState $Id }
    if ((Get-TaskState (Get-JobTask $Id)) -eq 4) { return 'running' }
    if ([IO.File]::Exists($path) -or (Test-Held $folder)) { return Get-JobState $Id } # written meanwhile
    'killed'
}

# Get-UnbegunState says where a job stands whose program has not begun: it waits to
# be started, or its start has come to nothing. Then nothing has been done, and by
# `begun` nothing will be.
function Get-UnbegunState($Id) {
    $folder = Get-JobFolder $Id
    $made = [IO.File]::GetCreationTimeUtc([IO.Path]::Combine($folder, 'job.json'))
    $late = ([DateTime]::UtcNow - $made).TotalSeconds -ge 60
    try {
        $task = Get-JobTask $Id
        $state = Get-TaskState $task
        if ($state -eq 4) { return 'running' }
        $result = Get-TaskResult $task
    } catch {
        if (-not $late) { throw }
        $state, $result = 0, 0
    }
    if (-not $late -and ($result -eq 0 -or $state -eq 2)) { return 'queued' }
    [void](Stop-Unbegun $folder (Get-LaunchFailure $result))
    Get-JobState $Id
}

# Stop-Unbegun ends a job that has not begun, and says whether it did: who creates
# the file `begun` first, its program or a script, decides whether it begins.
function Stop-Unbegun($Folder, $Failure) {
    try { $begun = [IO.File]::Open([IO.Path]::Combine($Folder, 'begun'), 'CreateNew', 'Write', 'None') } catch { return $false }
    try {
        $path = [IO.Path]::Combine($Folder, 'result.json')
        [IO.File]::WriteAllText("$path.new", (ConvertTo-Text ([ordered]@{ ok = $false; error = $Failure })), $Utf8)
        [IO.File]::Move("$path.new", $path)
    } finally { $begun.Dispose() }
    $true
}

# Get-LaunchFailure says why a job was not begun, by what the Task Scheduler tells
# of its start: an error of Windows, or the exit code of a PowerShell that has ended
# before it came to the job.
function Get-LaunchFailure($Result) {
    $failure = New-Failure 'unbegun' 'The Task Scheduler has not started the job in time. Nothing was done.' ''
    if ($Result -eq 0) { return $failure }
    $bits = [long]$Result
    if ($bits -lt 0) { $bits += 4294967296 }
    $number = '0x{0:X8}' -f $bits
    $high = [Math]::Floor($bits / 65536)
    if ($bits -eq 0x4131C) { $failure.code = 1385 } # its word for a missing batch logon right
    elseif ($high -eq 0x8007) { $failure.code = [int]($bits % 65536) }
    elseif ((4, 0x8004) -notcontains $high) {
        $failure.message = "PowerShell ended with $number before the job began. Nothing was done."
        return $failure
    }
    $failure.message = "The Task Scheduler could not start the job ($number). Nothing was done."
    if ($failure.code -ne 0) { $failure.message += ' ' + (New-Object ComponentModel.Win32Exception $failure.code).Message }
    $failure
}

# Read-Log gives at most 256 KiB of the log from an offset.
function Read-Log($Path, $Offset) {
    if (-not [IO.File]::Exists($Path)) { return , (New-Object byte[] 0) }
    $stream = [IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite, Delete')
    try {
        $length = [Math]::Max(0, [Math]::Min($LogPiece, $stream.Length - $Offset))
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
# and its password with it; the folder stays as evidence. The result comes with the
# last piece of the log, since it may be long.
function Get-JobView($Id, $Offset, $Milliseconds) {
    $folder = Get-JobFolder $Id
    $from = [Math]::Max(0, $Offset)
    # The state is read before the log, so that the log of a finished job is whole.
    $state = Wait-JobEnd $Id $Milliseconds
    $log = Read-Log ([IO.Path]::Combine($folder, 'log.txt')) $from
    $left = $false
    $result = $null
    if (('queued', 'running') -notcontains $state) {
        $left = Clear-JobTask $Id
        if ($log.Length -lt $LogPiece) { $result = Read-Document ([IO.Path]::Combine($folder, 'result.json')) }
    }
    [ordered]@{
        ok = $true
        exists = $true
        state = $state
        log = [Convert]::ToBase64String($log)
        next = $from + $log.Length
        status = Read-Document ([IO.Path]::Combine($folder, 'status.json'))
        result = $result
        task = $left
    }
}

# Get-JobFailure is the error object of a script about jobs. A request that is none
# was refused; all else is Windows' word.
function Get-JobFailure($Record) {
    $failure = Get-Failure $Record 'win32' ''
    if ('This is no job id.', 'PropertyNotFoundStrict' -contains $failure.id) { $failure.kind = 'refused' }
    $failure
}
