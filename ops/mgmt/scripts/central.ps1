# Whether the Central Management Store answers. What reads it waits long for a
# server that is gone and fails in the words of the host's language, so the server
# is asked first: its errors have numbers.
$NoServer = -2, -1, 2, 53, 64, 121, 258, 1225, 1231, 10051, 10060, 10061, 10064, 10065, 11001, 11004

# Get-Location gives server and instance of a location such as sql.fqdn\rtc.
function Get-Location($Text) {
    $server, $instance = "$Text".Split([char[]]'\', 2)
    [ordered]@{ fqdn = "$server"; instance = "$instance" }
}

# Read-Updateability connects as the cmdlets do and asks whether the store can be
# written.
function Read-Updateability($At, $Partner) {
    $builder = New-Object Data.SqlClient.SqlConnectionStringBuilder
    $builder['Data Source'] = $At
    if ($Partner -ne '') { $builder['Failover Partner'] = $Partner }
    $builder['Initial Catalog'] = 'xds'
    $builder['Integrated Security'] = $true
    $builder['Connect Timeout'] = 5
    $builder['Pooling'] = $false
    $builder['Application Name'] = 'pchatops'
    $connection = New-Object Data.SqlClient.SqlConnection $builder.ConnectionString
    try {
        $connection.Open()
        $command = $connection.CreateCommand()
        $command.CommandTimeout = 5
        $command.CommandText = "SELECT CONVERT(nvarchar(60), DATABASEPROPERTYEX(DB_NAME(), 'Updateability'))"
        "$($command.ExecuteScalar())"
    } finally { $connection.Dispose() }
}

# Read-CentralStore tells where Active Directory says that the store is, whether
# that server answers (null: nobody can tell), and whether the store can be written.
function Read-CentralStore {
    $store = [ordered]@{ at = $null; partner = $null; answers = $null; updateability = ''; code = 0; why = ''; known = @() }
    try {
        $location = Get-CsConfigurationStoreLocation
        $at = Get-Property $location 'BackEndServer'
        if ($null -eq $at) { $at = $location }
        $partner = "$(Get-Property $location 'MirrorBackEndServer')"
        if ("$at" -eq '') { throw 'Active Directory does not tell where the Central Management Store is.' }
        $store.at = Get-Location $at
        if ($partner -ne '') { $store.partner = Get-Location $partner }
        $store.updateability = Read-Updateability "$at" $partner
        $store.answers = $true
    } catch {
        $store.code = Get-SqlNumber $_.Exception
        $store.why = (Get-Failure $_ 'cmdlet' '').message
        if ($null -ne $store.at -and $store.code -ne 0) { $store.answers = $NoServer -notcontains $store.code }
    }
    $store
}

# Get-LocalStore gives the parameter by which a cmdlet reads this host's replica,
# where the store does not answer.
function Get-LocalStore($Store) {
    if ($Store.answers -eq $false) { @{ LocalStore = $true } } else { @{} }
}

# Find-CentralStores lists the SQL Servers on which this host's replica of the
# topology has a Central Management Store. How the document is written is not
# documented: what is not found there is not known.
function Find-CentralStores {
    $document = [xml](Get-CsTopology -LocalStore -AsXml).ToString()
    $ids = $document.SelectNodes("//*[local-name()='Service'][*[local-name()='ServiceId'][@RoleName='CentralMgmtStore']]/*[local-name()='InstalledOn']/*[local-name()='SqlInstanceId']")
    foreach ($id in $ids) {
        $cluster = $id.SelectSingleNode("*[local-name()='ClusterId']")
        $where = "//*[local-name()='Cluster'][*[local-name()='ClusterId'][@SiteId='$($cluster.GetAttribute('SiteId'))'][@Number='$($cluster.GetAttribute('Number'))']]"
        [ordered]@{ fqdn = $document.SelectSingleNode($where).GetAttribute('Fqdn'); instance = $id.GetAttribute('Name') }
    }
}
