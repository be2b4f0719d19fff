# pchatops job-find 1

# Get-Text gives a property as text; what is not there is empty.
function Get-Text($Object, $Name) {
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property) { return '' }
    "$($property.Value)"
}

# Stop-Queued ends a job of another run that has not begun.
function Stop-Queued($Folder, $Job) {
    if ((Get-Text $Job 'run') -ceq $Request.run) { return }
    [void](Stop-Unbegun $Folder (New-Failure 'overtaken' 'Another console drives now.' ''))
}

# Get-Candidate gives the request of a job without result, or whose result is not
# an hour old. One that cannot be read is no job: its own program reads the same
# file.
function Get-Candidate($Folder) {
    try {
        $result = [IO.Path]::Combine($Folder, 'result.json')
        if ([IO.File]::Exists($result) -and ([DateTime]::UtcNow - [IO.File]::GetLastWriteTimeUtc($result)).TotalHours -ge 1) { return $null }
        [void](Get-JobFolder ([IO.Path]::GetFileName($Folder)))
        Read-Document ([IO.Path]::Combine($Folder, 'job.json'))
    } catch { $null }
}

# Get-Standing tells of a job that does the work: one under way, or done lately.
function Get-Standing($Folder, $Job) {
    $id = [IO.Path]::GetFileName($Folder)
    $state = Get-JobState $id
    if (('queued', 'running', 'done') -notcontains $state) { return }
    $over = 0
    if ($state -eq 'done') { $over = ConvertTo-Tick ([IO.File]::GetLastWriteTimeUtc([IO.Path]::Combine($Folder, 'result.json'))) }
    $made = [IO.File]::GetCreationTimeUtc([IO.Path]::Combine($Folder, 'job.json'))
    [ordered]@{ id = $id; state = $state; since = Format-Time $made; by = Get-Text $Job 'by'; run = Get-Text $Job 'run'; over = $over }
}

$fence = $null
try {
    $jobs = @()
    Protect-Root
    $fence = Enter-Fence
    $was = Read-Fence $fence
    if ($Request.ticket) { Write-Fence $fence $Request.ticket }
    foreach ($folder in [IO.Directory]::GetDirectories((Get-JobRoot))) {
        $job = Get-Candidate $folder
        if ($null -eq $job) { continue }
        if ($Request.ticket -and -not [IO.File]::Exists([IO.Path]::Combine($folder, 'result.json'))) { Stop-Queued $folder $job }
        if ($Request.work -and (Get-Text $job 'work') -ceq $Request.work) { $jobs += @(Get-Standing $folder $job) }
    }
    Write-Answer ([ordered]@{ ok = $true; now = Get-Tick; was = $was; jobs = $jobs })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-JobFailure $_ })
} finally {
    if ($null -ne $fence) { $fence.Dispose() }
}
Clear-Tasks
