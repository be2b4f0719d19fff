# pchatops hash-files 1
try {
    $files = New-Object Collections.ArrayList
    foreach ($name in @($Request.names)) {
        if (-not (Test-FileName $name)) { continue }
        $path = [IO.Path]::Combine($Request.folder, $name)
        if (-not [IO.File]::Exists($path)) { continue }
        [void]$files.Add([ordered]@{ n = $name; len = (New-Object IO.FileInfo $path).Length; sha256 = Get-Sha256 $path })
    }
    Write-Answer ([ordered]@{ ok = $true; files = $files.ToArray() })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-Failure $_ 'win32' $Request.folder })
}
