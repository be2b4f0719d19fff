# pchatops job-stop 1
try {
    [void](Get-JobFolder $Request.id)
    $task = Get-JobTask $Request.id
    $stopped = (Get-TaskState $task) -eq 4
    if ($stopped) { $task.Stop(0) }
    Write-Answer ([ordered]@{ ok = $true; stopped = $stopped })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-JobFailure $_ })
}
