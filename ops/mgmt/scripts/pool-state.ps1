# pchatops pool-state 2
# Find-Row gives the state row that counts for the pool: its own, the one that the
# identity of its service gets, or that of all pools. A pool whose state was never
# set may have none of its own.
function Find-Row($Local) {
    $all = @(Get-CsPersistentChatState @Local)
    $own = @($all | Where-Object { "$($_.Identity)".EndsWith(':' + $Request.pool, 'OrdinalIgnoreCase') })
    if ($own.Count -eq 0) {
        $refused = $null
        try { $own = @(Get-CsPersistentChatState -Identity "PersistentChatServer:$($Request.pool)" @Local) } catch {
            if ('ObjectNotFound', 'InvalidArgument', 'InvalidData', 'InvalidType' -notcontains "$($_.CategoryInfo.Category)") { throw } # not read is not absent
            $refused = $_
        }
        if ($own.Count -eq 0) { $own = @($all | Where-Object { "$($_.Identity)" -eq 'Global' }) }
        if ($own.Count -eq 0 -and $null -ne $refused) { throw $refused }
    }
    if ($own.Count -eq 0) { throw "There is no Persistent Chat state for the pool $($Request.pool)." }
    $own[0]
}

# The topology's services can be read from the Central Management Store only.
$ReadPool = {
    $central = Read-CentralStore
    $local = Get-LocalStore $central
    $row = Find-Row $local
    $identity = ''
    if ("$($row.Identity)".EndsWith(':' + $Request.pool, 'OrdinalIgnoreCase')) { $identity = "$($row.Identity)" }
    $answer = [ordered]@{
        ok = $true
        identity = $identity
        row = "$($row.Identity)"
        state = "$($row.PoolState)"
        local = $local.Count -gt 0
        service = ''
        active = @()
        idle = @()
        stores = $null
        central = $central
    }
    if ($answer.local) {
        try { $central.known = @(Find-CentralStores) } catch { $central.why += " The replica does not tell where the store may go: $($_.Exception.Message)" }
        return $answer
    }
    $service = @(Get-CsService -PersistentChatServer -PoolFqdn $Request.pool)
    $stores = @(Get-CsService -PersistentChatDatabase)
    if ($service.Count -eq 0) { throw "The topology has no Persistent Chat pool $($Request.pool)." }
    $answer.service = "$($service[0].Identity)"
    $answer.active = @(Get-Names $service[0].ActiveServers)
    $answer.idle = @(Get-Names $service[0].InactiveServers)
    $answer.stores = Get-PoolStores $service[0] $stores
    $answer
}

$kind = 'module'
try {
    Import-Shell $Request.module
    $kind = 'cmdlet'
    Write-Answer (Invoke-Read $ReadPool)
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-ReadFailure $_ $kind '' })
}
