# pchatops topology 1
# Read-Replica reads the stores of a service from this host's own copy of the
# topology; nothing where it keeps none.
function Read-Replica($Service) {
    try {
        $replica = @(Get-CsService -PersistentChatServer -PoolFqdn "$($Service.PoolFqdn)" -LocalStore)
        if ($replica.Count -gt 0) { return Get-PoolStores $replica[0] @(Get-CsService -PersistentChatDatabase -LocalStore) }
    } catch { $null = $_ }
    $null # and not an empty object, which an absent value becomes in JSON
}

# Get-Evidence describes the published document, which is long, by its hash.
function Get-Evidence {
    $bytes = $Utf8.GetBytes((Get-CsTopology -AsXml).ToString())
    $sha = New-Object Security.Cryptography.SHA256CryptoServiceProvider
    [ordered]@{ sha256 = ConvertTo-Hex $sha.ComputeHash($bytes); bytes = $bytes.Length }
}

$ReadTopology = {
    $stores = @(Get-CsService -PersistentChatDatabase)
    [ordered]@{
        ok = $true
        services = @(Get-CsService -PersistentChatServer | ForEach-Object {
            [ordered]@{
                identity = "$($_.Identity)"
                pool = "$($_.PoolFqdn)"
                version = [int]"$(Get-Property $_ 'Version')"
                active = @(Get-Names $_.ActiveServers)
                idle = @(Get-Names $_.InactiveServers)
                stores = Get-PoolStores $_ $stores
                replica = Read-Replica $_
            }
        })
        databases = @($stores | ForEach-Object { [ordered]@{ fqdn = "$($_.PoolFqdn)"; instance = "$(Get-Property $_ 'SqlInstanceName')" } })
        pools = @(Get-CsPool | ForEach-Object {
            [ordered]@{ fqdn = "$($_.Fqdn)"; computers = @(Get-Names $_.Computers); site = "$($_.Site)".Split(':')[-1] }
        })
        document = Get-Evidence
    }
}

$kind = 'module'
try {
    Import-Shell $Request.module
    $kind = 'cmdlet'
    Write-Answer (Invoke-Read $ReadTopology)
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-Failure $_ $kind '' })
}
