# pchatops host-facts 1
$modules = @(Get-Module -ListAvailable -Name 'Lync', 'SkypeForBusiness' | ForEach-Object { $_.Name } | Select-Object -Unique)
Write-Answer ([ordered]@{
    ok = $true
    computer = [Environment]::MachineName
    user = [Environment]::UserDomainName + '\' + [Environment]::UserName
    powershell = "$($PSVersionTable.PSVersion)"
    bits = [IntPtr]::Size * 8
    modules = $modules
    time = Format-Time ([DateTime]::UtcNow)
})
