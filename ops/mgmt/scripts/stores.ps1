# What the scripts that read the topology share.

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

# Get-PoolStores gives the four SQL Server stores of a Persistent Chat service.
function Get-PoolStores($Service, $Stores) {
    [ordered]@{
        primary = Get-Store (Get-Property $Service 'PersistentChatDatabase') $Stores
        mirror = Get-Store (Get-Property $Service 'MirrorPersistentChatDatabase') $Stores
        backup = Get-Store (Get-Property $Service 'BackupPersistentChatDatabase') $Stores
        backupMirror = Get-Store (Get-Property $Service 'BackupMirrorPersistentChatDatabase') $Stores
    }
}
