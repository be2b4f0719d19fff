# pchatops job-poll 1
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

try {
    $folder = Get-JobFolder $Request.id
    if (-not [IO.File]::Exists([IO.Path]::Combine($folder, 'job.json'))) {
        Write-Answer ([ordered]@{ ok = $true; exists = $false; state = ''; log = ''; next = 0; status = $null; result = $null })
        return
    }
    # The state is read before the log, so that the log of a finished job is whole.
    $state = Get-JobState $Request.id
    $log = Read-Log ([IO.Path]::Combine($folder, 'log.txt')) $Request.offset
    Write-Answer ([ordered]@{
        ok = $true
        exists = $true
        state = $state
        log = [Convert]::ToBase64String($log)
        next = $Request.offset + $log.Length
        status = Read-Document ([IO.Path]::Combine($folder, 'status.json'))
        result = Read-Document ([IO.Path]::Combine($folder, 'result.json'))
    })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-Failure $_ 'win32' '' })
}
