# Runs one cmdlet of the Management Shell.

# ConvertTo-Parameter gives a value as the cmdlet takes it. {"$replace":[…]}
# stands for the list modifier @{Replace=…}.
function ConvertTo-Parameter($Value) {
    if ($Value -is [Management.Automation.PSCustomObject] -and $null -ne $Value.PSObject.Properties['$replace']) {
        return @{ Replace = [string[]]@($Value.'$replace') }
    }
    $Value
}

# Format-Line gives what a cmdlet wrote as text, by the stream it came from.
function Format-Line($Item) {
    if ($Item -is [Management.Automation.WarningRecord]) { return "WARNING: $($Item.Message)" }
    if ($Item -is [Management.Automation.VerboseRecord]) { return "$($Item.Message)" }
    ($Item | Out-String -Width 200).Trim()
}

$kind = 'module'
$output = New-Object Collections.ArrayList
try {
    Import-Shell $Job.request.module
    $kind = 'cmdlet'
    $parameters = @{}
    foreach ($p in $Job.request.parameters.PSObject.Properties) { $parameters[$p.Name] = ConvertTo-Parameter $p.Value }
    $parameters['Confirm'] = $false
    $parameters['Verbose'] = $true
    $parameters['ErrorAction'] = 'Stop'
    & (Get-Command -Module $Job.request.module -Name $Job.request.cmdlet) @parameters 3>&1 4>&1 | ForEach-Object {
        $line = Format-Line $_
        Write-Log $line
        [void]$output.Add($line)
    }
    Complete-Job ([ordered]@{ ok = $true; output = $output.ToArray() })
} catch {
    $failure = Get-Failure $_ $kind ''
    Write-Log $failure.message
    Complete-Job ([ordered]@{ ok = $false; error = $failure })
}
