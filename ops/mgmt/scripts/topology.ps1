# pchatops topology 2
# Get-Evidence describes a document, which is long, by its hash.
function Get-Evidence($Document) {
    $bytes = $Utf8.GetBytes($Document.ToString())
    $sha = New-Object Security.Cryptography.SHA256CryptoServiceProvider
    [ordered]@{ sha256 = ConvertTo-Hex $sha.ComputeHash($bytes); bytes = $bytes.Length }
}

# Read-Replica describes this host's own copy of the topology, and what the store
# says of whether it is the newest; an error where it cannot be read. An absent value
# is told as $null: what a function leaves out becomes an empty object.
function Read-Replica {
    $replica = [ordered]@{ document = $null; upToDate = $null; error = $null }
    try {
        $replica.document = Get-Evidence (Get-CsTopology -AsXml -LocalStore)
    } catch { $replica.error = Get-Failure $_ 'cmdlet' '' }
    try {
        $own = [Net.Dns]::GetHostEntry('').HostName
        $known = @(Get-CsManagementStoreReplicationStatus | Where-Object { "$($_.ReplicaFqdn)" -eq $own })
        if ($known.Count -gt 0) { $replica.upToDate = [bool]$known[0].UpToDate }
    } catch { $null = $_ } # its documents tell as well
    $replica
}

$ReadTopology = {
    $central = Read-CentralStore
    if ($central.answers -eq $false) { return [ordered]@{ ok = $false; error = New-Failure 'central' $central.why '' } }
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
            }
        })
        databases = @($stores | ForEach-Object { [ordered]@{ fqdn = "$($_.PoolFqdn)"; instance = "$(Get-Property $_ 'SqlInstanceName')" } })
        pools = @(Get-CsPool | ForEach-Object {
            [ordered]@{ fqdn = "$($_.Fqdn)"; computers = @(Get-Names $_.Computers); site = "$($_.Site)".Split(':')[-1] }
        })
        document = Get-Evidence (Get-CsTopology -AsXml)
        replica = Read-Replica
    }
}

$kind = 'module'
try {
    Import-Shell $Request.module
    $kind = 'cmdlet'
    Write-Answer (Invoke-Read $ReadTopology)
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-ReadFailure $_ $kind '' })
}
