# pchatops job-clean 1
try {
    [void](Get-JobFolder $Request.id)
    Write-Answer ([ordered]@{ ok = $true; removed = Remove-JobTask $Request.id })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-Failure $_ 'win32' '' })
}
