# What all scripts share: one answer in UTF-8, errors in their own words, times
# in UTC. Runs on PowerShell 3.0.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$ConfirmPreference = 'None'
$Utf8 = New-Object Text.UTF8Encoding $false

# What Windows and .NET say is asked for in English, for whoever reads it here;
# where there is none they say it in their own language. Nothing is decided by words.
[Threading.Thread]::CurrentThread.CurrentCulture = 'en-US'
[Threading.Thread]::CurrentThread.CurrentUICulture = 'en-US'

# ConvertTo-Text gives compact JSON.
function ConvertTo-Text($Value) {
    ConvertTo-Json -InputObject $Value -Compress -Depth 8
}

# Write-Answer writes bytes, because the console's code page and line width
# would spoil text.
function Write-Answer($Answer) {
    $bytes = $Utf8.GetBytes((ConvertTo-Text $Answer) + "`n")
    $out = [Console]::OpenStandardOutput()
    $out.Write($bytes, 0, $bytes.Length)
    $out.Flush()
}

# Format-Time writes a UTC time as the contract wants it.
function Format-Time($Time) {
    $Time.ToString('yyyy-MM-dd\THH:mm:ss.fff\Z', [Globalization.CultureInfo]::InvariantCulture)
}

# ConvertTo-Tick gives a UTC time in milliseconds, Get-Tick this host's own now.
function ConvertTo-Tick($Time) {
    [long][Math]::Floor(($Time - (New-Object DateTime 1970, 1, 1, 0, 0, 0, ([DateTimeKind]::Utc))).TotalMilliseconds)
}
function Get-Tick { ConvertTo-Tick ([DateTime]::UtcNow) }

# New-Failure makes an error object.
function New-Failure($Kind, $Message, $Path) {
    [ordered]@{ kind = $Kind; code = 0; id = ''; category = ''; message = "$Message"; path = "$Path" }
}

# The Windows errors of a password or an account that was refused: asked again
# and again they lock the account.
$LogonErrors = 86, 1317, 1326, 1327, 1328, 1329, 1330, 1331, 1793, 1907, 1909

# Get-Codes gives every Windows error code in an exception and the ones inside
# it. HResult itself is not public before .NET 4.5. A directory tells a refused
# logon in a text of its own, in hexadecimal and in no language.
function Get-Codes($Exception) {
    for ($e = $Exception; $null -ne $e; $e = $e.InnerException) {
        $result = [Runtime.InteropServices.Marshal]::GetHRForException($e)
        if ($e -is [ComponentModel.Win32Exception]) { $result = $e.NativeErrorCode }
        if ($result -eq 0x8009030C) { 1326 } # the security package's number for it
        elseif ($e -is [ComponentModel.Win32Exception]) { $result }
        elseif (($result -band 0xFFFF0000) -eq 0x80070000) { $result -band 0xFFFF }
        $says = "$($e.Message) $(Get-Property $e 'ServerErrorMessage') $(Get-Property $e 'ExtendedErrorMessage')"
        foreach ($found in [Text.RegularExpressions.Regex]::Matches($says, '0x8007([0-9A-Fa-f]{4})\b|AcceptSecurityContext error, data ([0-9a-f]{3}),')) {
            [Convert]::ToInt32($found.Groups[1].Value + $found.Groups[2].Value, 16)
        }
    }
}

# Get-Property reads a property that not every object has.
function Get-Property($Object, $Name) {
    $property = $Object.PSObject.Properties[$Name]
    if ($null -ne $property) { $property.Value }
}

# Get-Win32Code gives the one Windows error code of an exception that says most:
# a refused logon anywhere in it, else the outermost.
function Get-Win32Code($Exception) {
    $codes = @(Get-Codes $Exception | Where-Object { $_ -ne 0 })
    $refused = @($codes | Where-Object { $LogonErrors -contains $_ })
    if ($refused.Count -gt 0) { return $refused[0] }
    if ($codes.Count -gt 0) { return $codes[0] }
    0
}

# Get-SqlNumber gives the number of a SQL Server client's error, 0 where there is
# none: the server's own, or what kept the client from it.
function Get-SqlNumber($Exception) {
    for ($e = $Exception; $null -ne $e; $e = $e.InnerException) {
        if ($e.GetType().Name -eq 'SqlException') { return [int]$e.Number }
    }
    0
}

# Get-Failure turns an error record into an error object.
function Get-Failure($Record, $Kind, $Path) {
    $exception = $Record.Exception
    while ($exception -is [Management.Automation.MethodInvocationException] -and $null -ne $exception.InnerException) {
        $exception = $exception.InnerException
    }
    $failure = New-Failure $Kind $exception.Message $Path
    for ($e = $exception.InnerException; $null -ne $e; $e = $e.InnerException) {
        if (-not $failure.message.Contains($e.Message)) { $failure.message += ' ' + $e.Message }
    }
    $failure.message = $failure.message.Trim()
    $failure.code = Get-Win32Code $exception
    $sql = Get-SqlNumber $exception
    if ($sql -ne 0) { $failure.sql = $sql }
    $failure.id = "$($Record.FullyQualifiedErrorId)"
    $failure.category = "$($Record.CategoryInfo.Category)"
    $failure
}

# Import-Shell loads the Management Shell.
function Import-Shell($Module) {
    if ('Lync', 'SkypeForBusiness' -notcontains $Module) { throw "$Module is no Management Shell module." }
    if (@(Get-Module -ListAvailable -Name $Module).Count -eq 0) { throw "The module $Module is not installed on this host." }
    Import-Module -Name $Module
}

# Get-Sha256 hashes a whole stream; this class also exists under the FIPS policy.
function Get-Sha256($Path) {
    $stream = New-Object IO.FileStream $Path, 'Open', 'Read', 'ReadWrite', 1048576
    try {
        $sha = New-Object Security.Cryptography.SHA256CryptoServiceProvider
        ConvertTo-Hex $sha.ComputeHash($stream)
    } finally { $stream.Dispose() }
}

# ConvertTo-Hex writes bytes as lower case hexadecimal.
function ConvertTo-Hex($Bytes) {
    [BitConverter]::ToString($Bytes).Replace('-', '').ToLowerInvariant()
}

# Test-FileName says whether a name is a mere file name.
function Test-FileName($Name) {
    $Name -ne '' -and $Name -ne '.' -and $Name -ne '..' -and $Name.IndexOfAny([IO.Path]::GetInvalidFileNameChars()) -lt 0
}

# Get-Target is the name that a file of a copy gets.
function Get-Target($File) {
    if ($null -ne $File.PSObject.Properties['as'] -and $File.as -ne '') { return $File.as }
    $File.n
}

# Assert-Folder fails where a folder cannot be read.
function Assert-Folder($Path) {
    foreach ($any in ([IO.DirectoryInfo]$Path).EnumerateFileSystemInfos()) { break }
}

# Get-Free gives the free bytes of the volume that a folder is on, -1 where they
# are not known. A folder on the way may be a mount point, another volume than the
# drive's: Windows is asked for it then. Where it is a link to anywhere, nobody tells.
function Get-Free($Folder) {
    try {
        for ($at = [IO.DirectoryInfo]$Folder; $null -ne $at.Parent; $at = $at.Parent) {
            if (($at.get_Attributes() -band [IO.FileAttributes]::ReparsePoint) -ne 0) { return Get-MountedFree $at.FullName }
        }
        $free = (New-Object IO.DriveInfo $at.FullName).AvailableFreeSpace
    } catch { return -1 }
    if ($null -eq $free) { return -1 } # a property that fails is nothing
    $free
}

# Get-MountedFree gives the same of a folder that is a mount point.
function Get-MountedFree($Folder) {
    $mounted = 'Win32_Directory.Name="' + $Folder.TrimEnd('\').Replace('\', '\\') + '"'
    foreach ($point in @(Get-WmiObject -Class Win32_MountPoint | Where-Object { "$($_.Directory)".EndsWith($mounted, 'OrdinalIgnoreCase') })) {
        $volume = ([string]$point.Volume).Split('"')[1].Replace('\\', '\')
        foreach ($known in @(Get-WmiObject -Class Win32_Volume | Where-Object { $_.DeviceID -eq $volume })) { return [long]$known.FreeSpace }
    }
    -1
}
