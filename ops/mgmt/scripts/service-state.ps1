# pchatops service-state 1
try {
    # Another service that cannot be asked is no reason not to answer for this one.
    $unread = @()
    $name = $Request.name
    $found = @(Get-Service -ErrorAction SilentlyContinue -ErrorVariable unread | Where-Object { $_.Name -eq $name })
    $state = ''
    if ($found.Count -gt 0) {
        $state = "$($found[0].Status)"
        if ($state -eq '') { throw "The state of the service $name cannot be read." }
    } elseif (@($unread).Count -gt 0) { throw $unread[0] }
    Write-Answer ([ordered]@{ ok = $true; state = $state })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-Failure $_ 'win32' '' })
}
