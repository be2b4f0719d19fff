# pchatops mirror-state 2
# Get-Status reads a property under the first of its names that the product
# knows; the help and the cmdlet disagree about the second server's.
function Get-Status($Row, $Names) {
    foreach ($name in $Names) {
        $property = $Row.PSObject.Properties[$name]
        if ($null -ne $property) { return "$($property.Value)" }
    }
    ''
}

$ReadMirrors = {
    $local = Get-LocalStore (Read-CentralStore)
    $rows = @(Get-CsDatabaseMirrorState -PoolFqdn $Request.pool -DatabaseType PersistentChat @local)
    [ordered]@{
        ok = $true
        databases = @($rows | ForEach-Object {
            [ordered]@{
                database = "$($_.DatabaseName)"
                stateOnPrimary = Get-Status $_ @('StateOnPrimary')
                stateOnMirror = Get-Status $_ @('StateOnMirror', 'StateOnSecondary')
                statusOnPrimary = Get-Status $_ @('MirroringStatusOnPrimary')
                statusOnMirror = Get-Status $_ @('MirroringStatusOnMirror', 'MirroringStatusOnSecondary')
            }
        })
    }
}

$kind = 'module'
try {
    Import-Shell $Request.module
    $kind = 'cmdlet'
    Write-Answer (Invoke-Read $ReadMirrors)
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-ReadFailure $_ $kind '' })
}
