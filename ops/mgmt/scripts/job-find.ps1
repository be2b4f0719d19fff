# pchatops job-find 1

# Get-Text gives a property as text; what is not there is empty.
function Get-Text($Object, $Name) {
    $property = $Object.PSObject.Properties[$Name]
    if ($null -eq $property) { return '' }
    "$($property.Value)"
}

# Test-Work says whether a job runs the cmdlet that is asked for, on its target.
function Test-Work($Job) {
    if ((Get-Text $Job 'kind') -ne 'cmdlet' -or $Job.request.cmdlet -ne $Request.cmdlet) { return $false }
    foreach ($wanted in $Request.parameters.PSObject.Properties) {
        if ((Get-Text $Job.request.parameters $wanted.Name) -ne $wanted.Value) { return $false }
    }
    $true
}

# Get-Candidate gives the request of a job without result. One that cannot be
# read is no job: its own program reads the same file.
function Get-Candidate($Folder) {
    try {
        if ([IO.File]::Exists([IO.Path]::Combine($Folder, 'result.json'))) { return $null }
        [void](Get-JobFolder ([IO.Path]::GetFileName($Folder)))
        $job = Read-Document ([IO.Path]::Combine($Folder, 'job.json'))
        if ($null -ne $job -and (Test-Work $job)) { $job }
    } catch { $null }
}

try {
    $jobs = @()
    $root = Get-JobRoot
    if ([IO.Directory]::Exists($root)) {
        foreach ($folder in [IO.Directory]::GetDirectories($root)) {
            $job = Get-Candidate $folder
            if ($null -eq $job) { continue }
            $id = [IO.Path]::GetFileName($folder)
            $state = Get-JobState $id
            if (('queued', 'running') -notcontains $state) { continue }
            $made = [IO.File]::GetCreationTimeUtc([IO.Path]::Combine($folder, 'job.json'))
            $jobs += [ordered]@{ id = $id; state = $state; since = Format-Time $made; by = Get-Text $job 'by' }
        }
    }
    Write-Answer ([ordered]@{ ok = $true; jobs = $jobs })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-Failure $_ 'win32' '' })
}
