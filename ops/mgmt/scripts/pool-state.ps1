# pchatops pool-state 1
# Read-Pool asks for state, servers and stores of the pool. A pool whose state was
# never set has no row of its own: that of all pools counts for it.
$ReadPool = {
    $all = @(Get-CsPersistentChatState)
    $states = @($all | Where-Object { "$($_.Identity)".EndsWith(':' + $Request.pool, 'OrdinalIgnoreCase') })
    $identity = ''
    if ($states.Count -gt 0) { $identity = "$($states[0].Identity)" } else { $states = @($all | Where-Object { "$($_.Identity)" -eq 'Global' }) }
    $service = @(Get-CsService -PersistentChatServer -PoolFqdn $Request.pool)
    $stores = @(Get-CsService -PersistentChatDatabase)
    if ($states.Count -eq 0) { throw "There is no Persistent Chat state for the pool $($Request.pool)." }
    if ($service.Count -eq 0) { throw "The topology has no Persistent Chat pool $($Request.pool)." }
    [ordered]@{
        ok = $true
        identity = $identity
        state = "$($states[0].PoolState)"
        active = @(Get-Names $service[0].ActiveServers)
        idle = @(Get-Names $service[0].InactiveServers)
        stores = Get-PoolStores $service[0] $stores
    }
}

$kind = 'module'
try {
    Import-Shell $Request.module
    $kind = 'cmdlet'
    Write-Answer (Invoke-Read $ReadPool)
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-ReadFailure $_ $kind '' })
}
