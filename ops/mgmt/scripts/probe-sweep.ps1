# pchatops probe-sweep 1
# Takes away what probes have left in the folder of jobs: the one that is named, and
# those that ended without anybody looking. One that still runs stays.
try {
    $left = @()
    foreach ($folder in [IO.Directory]::GetDirectories((Get-JobRoot))) {
        $id = [IO.Path]::GetFileName($folder)
        if (-not $id.StartsWith('pchatops-probe-', 'Ordinal')) { continue }
        $old = ([DateTime]::UtcNow - [IO.File]::GetCreationTimeUtc($folder)).TotalHours -ge 1
        if ($id -cne $Request.id -and -not $old) { continue }
        try {
            if (('queued', 'running') -contains (Get-JobState $id)) { throw 'The probe still runs.' }
            [void](Remove-JobTask $id)
            [IO.Directory]::Delete($folder, $true)
        } catch { $left += $id }
    }
    Write-Answer ([ordered]@{ ok = $true; left = @($left) })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-Failure $_ 'win32' '' })
}
