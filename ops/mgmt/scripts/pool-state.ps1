# pchatops pool-state 1
# Get-Property reads a property that older products may not have.
function Get-Property($Object, $Name) {
    $property = $Object.PSObject.Properties[$Name]
    if ($null -ne $property) { $property.Value }
}

# Get-Names gives the FQDNs of a list of servers.
function Get-Names($List) {
    @($List | Where-Object { $null -ne $_ } | ForEach-Object { "$_" })
}

# Get-Store resolves a reference such as PersistentChatDatabase:sql.fqdn to the
# store's server and instance.
function Get-Store($Reference, $Stores) {
    $fqdn = "$Reference".Split(':')[-1]
    if ($fqdn -eq '') { return $null }
    $store = @($Stores | Where-Object { "$($_.PoolFqdn)" -eq $fqdn })
    $instance = ''
    if ($store.Count -gt 0) { $instance = "$(Get-Property $store[0] 'SqlInstanceName')" }
    [ordered]@{ fqdn = $fqdn; instance = $instance }
}

# Read-Pool asks for state, servers and stores of the pool.
$ReadPool = {
    $states = @(Get-CsPersistentChatState | Where-Object { "$($_.Identity)".EndsWith(':' + $Request.pool, 'OrdinalIgnoreCase') })
    $service = @(Get-CsService -PersistentChatServer -PoolFqdn $Request.pool)
    $stores = @(Get-CsService -PersistentChatDatabase)
    if ($states.Count -eq 0) { throw "There is no Persistent Chat state for the pool $($Request.pool)." }
    if ($service.Count -eq 0) { throw "The topology has no Persistent Chat pool $($Request.pool)." }
    [ordered]@{
        ok = $true
        identity = "$($states[0].Identity)"
        state = "$($states[0].PoolState)"
        active = @(Get-Names $service[0].ActiveServers)
        idle = @(Get-Names $service[0].InactiveServers)
        stores = [ordered]@{
            primary = Get-Store (Get-Property $service[0] 'PersistentChatDatabase') $stores
            mirror = Get-Store (Get-Property $service[0] 'MirrorPersistentChatDatabase') $stores
            backup = Get-Store (Get-Property $service[0] 'BackupPersistentChatDatabase') $stores
            backupMirror = Get-Store (Get-Property $service[0] 'BackupMirrorPersistentChatDatabase') $stores
        }
    }
}

$kind = 'module'
try {
    Import-Shell $Request.module
    $kind = 'cmdlet'
    Write-Answer (Invoke-Read $ReadPool)
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-Failure $_ $kind '' })
}
