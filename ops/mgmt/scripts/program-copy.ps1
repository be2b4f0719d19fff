# Copies files and proves each by SHA-256.
$State = @{ File = ''; Bytes = 0; Total = 0; Done = 0; Saved = [DateTime]::MinValue }
$Buffer = New-Object byte[] 1048576

# Save-Progress rewrites the status, once a second unless it must. A reader may
# be in the way for a moment; the next one will do.
function Save-Progress($Must) {
    if (-not $Must -and ([DateTime]::UtcNow - $State.Saved).TotalSeconds -lt 1) { return }
    $State.Saved = [DateTime]::UtcNow
    $status = [ordered]@{
        file = $State.File; bytes = $State.Bytes; totalBytes = $State.Total
        filesDone = $State.Done; filesTotal = @($Job.request.files).Count
    }
    try { Save-Document 'status.json' $status } catch { $null = $_ }
}

# Assert-Length fails where a file has not the length that it was asked for with.
function Assert-Length($Length, $Asked) {
    if ($Length -ne $Asked) { throw "The file on the share has $Length bytes, and $Asked were expected: it has changed since it was listed." }
}

# Copy-Stream copies a file to a new one and gives the SHA-256 of what it read.
# The source is opened so that a file that is still being written is refused.
function Copy-Stream($From, $To, $Length) {
    $sha = New-Object Security.Cryptography.SHA256CryptoServiceProvider
    $source = [IO.File]::Open($From, 'Open', 'Read', 'Read')
    try {
        $target = [IO.File]::Open($To, 'Create', 'Write', 'None')
        try {
            $copied = 0
            while (($read = $source.Read($Buffer, 0, $Buffer.Length)) -gt 0) {
                $target.Write($Buffer, 0, $read)
                [void]$sha.TransformBlock($Buffer, 0, $read, $null, 0)
                $copied += $read
                $State.Bytes += $read
                Save-Progress $false
            }
            Assert-Length $copied $Length
            $target.Flush($true)
        } finally { $target.Dispose() }
    } finally { $source.Dispose() }
    [void]$sha.TransformFinalBlock($Buffer, 0, 0)
    ConvertTo-Hex $sha.Hash
}

# Copy-Verified copies under a name of its own, reads back what has reached the
# disk, and only then gives the file its name.
function Copy-Verified($From, $To, $Part, $Length) {
    try {
        $sum = Copy-Stream $From $Part $Length
        if ((Get-Sha256 $Part) -ne $sum) { throw 'What was read back differs from what was read from the share.' }
        [IO.File]::SetLastWriteTimeUtc($Part, [IO.File]::GetLastWriteTimeUtc($From))
        [IO.File]::Move($Part, $To)
        $sum
    } finally {
        if ([IO.File]::Exists($Part)) { [IO.File]::Delete($Part) }
    }
}

# Copy-Retried tries again where the network to the share was lost.
function Copy-Retried($From, $To, $Part, $Length) {
    $before = $State.Bytes
    for ($try = 1; ; $try++) {
        try { return Copy-Verified $From $To $Part $Length } catch {
            if ($try -ge 3 -or (55, 59, 64, 121) -notcontains (Get-Win32Code $_.Exception)) { throw }
            Write-Log "$($From): $($_.Exception.Message) Trying again."
            $State.Bytes = $before
            Start-Sleep -Seconds (5 * $try)
        }
    }
}

# Copy-One brings one file over, or finds that it is there already. A file of
# the same name and other content is somebody else's and stays; where the
# request knows of it, it gives the copy another name. Anew: what has the name
# there is of no use, whatever it holds.
function Copy-One($Name, $As, $Anew, $Asked) {
    $from = [IO.Path]::Combine($Job.request.source, $Name)
    $length = (New-Object IO.FileInfo $from).get_Length()
    if ($Asked -gt 0) { Assert-Length $length $Asked } # 0: it was not known
    $sum = $null
    foreach ($try in @($Name, $As | Select-Object -Unique)) {
        if ($Anew -and $try -ne $As) { continue }
        $to = [IO.Path]::Combine($Job.request.destination, $try)
        if (-not [IO.File]::Exists($to)) { continue }
        if ((New-Object IO.FileInfo $to).get_Length() -ne $length) { continue }
        if ($null -eq $sum) { $sum = Get-Sha256 $from }
        try { $there = Get-Sha256 $to } catch { if ($try -eq $As) { throw } else { continue } }
        if ($there -ne $sum) { continue }
        $State.Bytes += $length
        return [ordered]@{ n = $Name; len = $length; sha256 = $sum; kept = $true }
    }
    $to = [IO.Path]::Combine($Job.request.destination, $As)
    if ([IO.File]::Exists($to)) { return $null }
    $sum = Copy-Retried $from $to ([IO.Path]::Combine($Job.request.destination, ".$($Job.id).$($State.Done).part")) $length
    [ordered]@{ n = $Name; len = (New-Object IO.FileInfo $to).get_Length(); sha256 = $sum; kept = $false }
}

$files = New-Object Collections.ArrayList
$failed = New-Object Collections.ArrayList
$failure = $null
try {
    Assert-Folder $Job.request.destination
    foreach ($file in @($Job.request.files)) {
        $State.Total += $file.len
    }
    foreach ($file in @($Job.request.files)) {
        $State.File = $file.n
        Save-Progress $true
        try {
            $one = Copy-One $file.n (Get-Target $file) ($null -ne $file.PSObject.Properties['anew'] -and $file.anew) $file.len
            if ($null -ne $one) {
                [void]$files.Add($one)
                Write-Log ("{0}  {1} bytes  {2}" -f $one.n, $one.len, $one.sha256)
            } else {
                [void]$failed.Add([ordered]@{ n = $file.n; error = New-Failure 'refused' 'A file of this name and other content is in the copy folder. It was not touched.' $file.n })
                Write-Log "$($file.n)  exists with other content"
            }
        } catch {
            $why = Get-Failure $_ 'win32' $file.n
            if ($why.code -eq 0) { $why.kind = 'refused' }
            [void]$failed.Add([ordered]@{ n = $file.n; error = $why })
            Write-Log "$($file.n)  $($why.message)"
        }
        $State.Done++
    }
    $State.File = ''
    Save-Progress $true
} catch {
    $failure = Get-Failure $_ 'win32' $Job.request.destination
    Write-Log $failure.message
}
$result = [ordered]@{ ok = $null -eq $failure -and $failed.Count -eq 0; files = $files.ToArray(); failed = $failed.ToArray() }
if ($null -ne $failure) { $result['error'] = $failure }
Complete-Job $result
