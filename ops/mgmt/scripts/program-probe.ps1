# Tries what the other jobs will need on this host. What it makes is named
# pchatops-probe-* and is deleted again, as is what an earlier one left behind.
# After each part it saves what it knows, so that a share which hangs costs no more
# than itself.
$Known = [ordered]@{ ok = $true; account = ''; groups = @(); module = $null; cmdlets = @(); folders = @(); sql = @(); store = $null }

# Save-Known tells how far the probe has come.
function Save-Known { try { Save-Document 'status.json' $Known } catch { $null = $_ } }

# Get-Groups gives the groups of the job's own logon. Names are looked up at once;
# one that has none keeps its number.
function Get-Groups {
    $sids = [Security.Principal.WindowsIdentity]::GetCurrent().Groups
    $names = $sids.Translate([Security.Principal.NTAccount], $false)
    for ($n = 0; $n -lt $sids.Count -and $n -lt 500; $n++) { [ordered]@{ sid = "$($sids[$n])"; name = "$($names[$n])" } }
}

# Clear-Probes deletes what a probe left an hour ago or longer.
function Clear-Probes($Path) {
    foreach ($file in ([IO.DirectoryInfo]$Path).EnumerateFiles('pchatops-probe-*.tmp')) {
        try { if (([DateTime]::UtcNow - $file.LastWriteTimeUtc).TotalHours -ge 1) { $file.Delete() } } catch { $null = $_ }
    }
}

# Test-Folder lists a folder, writes a file there and deletes it.
function Test-Folder($Folder) {
    $answer = [ordered]@{ code = $Folder.code; path = $Folder.path; listed = $false; written = $false; left = ''; error = $null }
    $file = [IO.Path]::Combine($Folder.path, "pchatops-probe-$($Job.id).tmp")
    $made = $false
    try {
        Assert-Folder $Folder.path
        $answer.listed = $true
        Clear-Probes $Folder.path
        $stream = [IO.File]::Open($file, 'CreateNew', 'Write', 'None')
        $made = $true
        try {
            $stream.Write((New-Object byte[] 65536), 0, 65536)
            $stream.Flush($true)
        } finally { $stream.Dispose() }
        $answer.written = $true
    } catch { $answer.error = Get-Failure $_ 'win32' $Folder.path }
    if ($made) {
        try { [IO.File]::Delete($file) } catch {
            $answer.left = $file
            if ($null -eq $answer.error) { $answer.error = Get-Failure $_ 'win32' $file }
        }
    }
    $answer
}

# Get-SqlNumber gives the number of SQL Server's error in an exception.
function Get-SqlNumber($Exception) {
    for ($e = $Exception; $null -ne $e; $e = $e.InnerException) {
        if ($e.GetType().Name -eq 'SqlException') { return [int]$e.Number }
    }
    0
}

# Test-Sql logs in to an instance as the job's account.
function Test-Sql($Server) {
    $answer = [ordered]@{ server = $Server; login = ''; sysadmin = $false; error = $null }
    $connection = $null
    try {
        $way = New-Object Data.SqlClient.SqlConnectionStringBuilder
        $way['Data Source'] = $Server
        $way['Integrated Security'] = $true
        $way['Connect Timeout'] = 8
        $way['Pooling'] = $false
        $way['Application Name'] = 'pchatops-probe'
        $connection = New-Object Data.SqlClient.SqlConnection $way.ConnectionString
        $connection.Open()
        $command = $connection.CreateCommand()
        $command.CommandTimeout = 8
        $command.CommandText = "SELECT SYSTEM_USER"
        $answer.login = "$($command.ExecuteScalar())"
        $command.CommandText = "SELECT ISNULL(IS_SRVROLEMEMBER('sysadmin'), 0)"
        $answer.sysadmin = "$($command.ExecuteScalar())" -eq '1'
    } catch {
        $answer.error = Get-Failure $_ 'cmdlet' $Server
        $answer.error.code = Get-SqlNumber $_.Exception
    } finally { if ($null -ne $connection) { $connection.Dispose() } }
    $answer
}

# Test-Cmdlet compares a cmdlet with what will be sent to it: the parameters that it
# lacks, and whether one of its parameter sets takes them all and wants no more.
function Test-Cmdlet($Want) {
    $answer = [ordered]@{ name = $Want.name; found = $false; lacks = @(); fits = $false; sets = @(); whatIf = $false; error = $null }
    try {
        $cmdlet = @(Get-Command -Module $Job.request.module | Where-Object { $_.Name -eq $Want.name })
        if ($cmdlet.Count -eq 0) { return $answer }
        $answer.found = $true
        $names = @($Want.parameters)
        $answer.whatIf = $cmdlet[0].Parameters.ContainsKey('WhatIf')
        $answer.lacks = @($names | Where-Object { -not $cmdlet[0].Parameters.ContainsKey($_) })
        foreach ($set in $cmdlet[0].ParameterSets) {
            $all = @($set.Parameters | ForEach-Object { $_.Name })
            $must = @($set.Parameters | Where-Object { $_.IsMandatory } | ForEach-Object { $_.Name })
            $answer.sets += "$($set.Name): $($must -join ', ')"
            if (@($names | Where-Object { $all -notcontains $_ }).Count -eq 0 -and @($must | Where-Object { $names -notcontains $_ }).Count -eq 0) { $answer.fits = $true }
        }
    } catch { $answer.error = Get-Failure $_ 'cmdlet' '' }
    $answer
}

# Test-Module loads the Management Shell.
function Test-Module {
    $answer = [ordered]@{ name = $Job.request.module; version = ''; error = $null }
    try {
        Import-Shell $Job.request.module
        $answer.version = "$(@(Get-Module -Name $Job.request.module)[0].Version)"
    } catch { $answer.error = Get-Failure $_ 'module' '' }
    $answer
}

# Test-Store reads the Central Management Store, and not the host's replica of it.
function Test-Store {
    $answer = [ordered]@{ at = ''; error = $null }
    try {
        $service = @(Get-CsService -PersistentChatServer -PoolFqdn $Job.request.pool)
        if ($service.Count -eq 0) { throw "The topology has no Persistent Chat pool $($Job.request.pool)." }
        if (@(Get-Command -Name 'Get-CsConfigurationStoreLocation' -ErrorAction SilentlyContinue).Count -gt 0) {
            $answer.at = "$((Get-CsConfigurationStoreLocation).BackEndServer)"
        }
    } catch { $answer.error = Get-Failure $_ 'cmdlet' '' }
    $answer
}

# Test-WhatIf runs one cmdlet with -WhatIf, and gives what it prints.
function Test-WhatIf($Command) {
    $answer = [ordered]@{ cmdlet = $Command.cmdlet; lines = @(); error = $null }
    try {
        $cmdlet = @(Get-Command -Module $Job.request.module | Where-Object { $_.Name -eq $Command.cmdlet })
        if ($cmdlet.Count -eq 0 -or -not $cmdlet[0].Parameters.ContainsKey('WhatIf')) { throw "$($Command.cmdlet) takes no -WhatIf here. It was not run." }
        $parameters = @{}
        foreach ($p in $Command.parameters.PSObject.Properties) {
            if ($p.Name -eq 'DropExistingDatabasesOnMirror') { throw 'A probe drops nothing.' }
            $parameters[$p.Name] = $p.Value
            if ($p.Value -is [Management.Automation.PSCustomObject]) { $parameters[$p.Name] = @{ Replace = [string[]]@($p.Value.'$replace') } }
        }
        $parameters['WhatIf'] = $true
        $parameters['Confirm'] = $false
        $answer.lines = @(& $cmdlet[0] @parameters 3>&1 4>&1 | Select-Object -First 100 | ForEach-Object { "$($_ | Out-String -Width 200)".Trim() })
    } catch { $answer.error = Get-Failure $_ 'cmdlet' '' }
    $answer
}

try {
    try { Start-Transcript -Path ([IO.Path]::Combine($Folder, 'host.txt')) | Out-Null } catch { $null = $_ }
    try {
        $Known.account = "$([Security.Principal.WindowsIdentity]::GetCurrent().Name)"
        $Known.groups = @(Get-Groups)
    } catch { Write-Log "The groups cannot be read: $($_.Exception.Message)" }
    Save-Known
    $Known.folders = @(foreach ($one in @($Job.request.folders)) { Test-Folder $one })
    Save-Known
    $Known.sql = @(foreach ($one in @($Job.request.sql)) { Test-Sql $one })
    Save-Known
    if ($Job.request.module -ne '') {
        $Known.module = Test-Module
        Save-Known
        if ($null -eq $Known.module.error) {
            $Known.cmdlets = @(foreach ($one in @($Job.request.cmdlets)) { Test-Cmdlet $one })
            $Known.store = Test-Store
            Save-Known
            $tried = @(foreach ($one in @($Job.request.whatIf)) { Test-WhatIf $one })
            if ($tried.Count -gt 0) {
                try { Stop-Transcript | Out-Null } catch { $null = $_ }
                $said = ''
                try { $said = [IO.File]::ReadAllText([IO.Path]::Combine($Folder, 'host.txt')) } catch { $null = $_ }
                $Known['whatIf'] = $tried
                $Known['host'] = @($said.Split([char[]]"`r`n") | Where-Object { $_.StartsWith('What if:') } | Select-Object -First 100)
            }
        }
    }
    Complete-Job $Known
} catch {
    Complete-Job ([ordered]@{ ok = $false; error = Get-Failure $_ 'win32' '' })
}
