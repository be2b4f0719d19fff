# pchatops job-poll 1
try {
    $folder = Get-JobFolder $Request.id
    if ([IO.File]::Exists([IO.Path]::Combine($folder, 'job.json'))) {
        Write-Answer (Get-JobView $Request.id $Request.offset $Request.wait)
    } else {
        Clear-Tasks # its own among them, should the folder have been deleted
        Write-Answer ([ordered]@{ ok = $true; exists = $false; state = ''; log = ''; next = 0; status = $null; result = $null; task = $false })
    }
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-JobFailure $_ })
}
