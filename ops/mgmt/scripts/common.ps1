# What all scripts share: one answer in UTF-8, errors in their own words, times
# in UTC. Runs on PowerShell 3.0.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$ConfirmPreference = 'None'
$Utf8 = New-Object Text.UTF8Encoding $false

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

# Get-Win32Code finds the Windows error code in an exception or the ones inside
# it. HResult itself is not public before .NET 4.5.
function Get-Win32Code($Exception) {
    for ($e = $Exception; $null -ne $e; $e = $e.InnerException) {
        if ($e -is [ComponentModel.Win32Exception]) { return $e.NativeErrorCode }
        $result = [Runtime.InteropServices.Marshal]::GetHRForException($e)
        if (($result -band 0xFFFF0000) -eq 0x80070000) { return ($result -band 0xFFFF) }
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
    $failure.code = Get-Win32Code $exception
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
