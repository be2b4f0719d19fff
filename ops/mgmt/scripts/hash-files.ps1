# pchatops hash-files 1
# Get-HeadSha256 hashes the beginning of a file, where the header of a backup is.
function Get-HeadSha256($Path, $Bytes) {
    $stream = New-Object IO.FileStream $Path, 'Open', 'Read', 'Read', 65536
    try {
        $buffer = New-Object byte[] $Bytes
        $have = 0
        while ($have -lt $Bytes -and ($read = $stream.Read($buffer, $have, $Bytes - $have)) -gt 0) { $have += $read }
        $sha = New-Object Security.Cryptography.SHA256CryptoServiceProvider
        ConvertTo-Hex $sha.ComputeHash($buffer, 0, $have)
    } finally { $stream.Dispose() }
}

# Get-Sums hashes files of a folder. One that cannot be opened is left out:
# nothing is said about it. The length is asked for by its method, since a
# property that fails is nothing instead of an error.
function Get-Sums($Request) {
    $head = $Request.head
    Assert-Folder $Request.folder
    $files = New-Object Collections.ArrayList
    foreach ($name in @($Request.names)) {
        if (-not (Test-FileName $name)) { continue }
        $path = [IO.Path]::Combine($Request.folder, $name)
        if (-not [IO.File]::Exists($path)) { continue }
        try {
            if ($head -gt 0) { $sum = Get-HeadSha256 $path $head } else { $sum = Get-Sha256 $path }
            $length = (New-Object IO.FileInfo $path).get_Length()
        } catch { continue }
        [void]$files.Add([ordered]@{ n = $name; len = $length; sha256 = $sum })
    }
    , $files.ToArray()
}

try {
    if ($Request.folder.StartsWith('\\')) { $files = Invoke-Read { Get-Sums $Request } } else { $files = Get-Sums $Request }
    Write-Answer ([ordered]@{ ok = $true; files = @($files) })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-ReadFailure $_ 'win32' "$(Get-Property $Request 'folder')" })
}
