# pchatops list-files 1
# Read-Folder lists one folder. Length and time come with the listing, so that
# thousands of files cost one pass. Of what else lies there, folders too, the
# number is told and a few names.
function Read-Folder($Folder, $Pattern) {
    $answer = [ordered]@{ id = $Folder.id; path = $Folder.path; files = @(); others = 0; some = @(); error = $null }
    $files = New-Object Collections.ArrayList
    $some = New-Object Collections.ArrayList
    foreach ($file in ([IO.DirectoryInfo]$Folder.path).EnumerateFileSystemInfos()) {
        if ($file -is [IO.FileInfo] -and $file.Name -like $Pattern) {
            [void]$files.Add([ordered]@{ n = $file.Name; len = $file.Length; mtime = Format-Time $file.LastWriteTimeUtc })
            continue
        }
        $answer.others++
        if ($some.Count -lt 3) { [void]$some.Add($file.Name) }
    }
    $answer.files = $files.ToArray()
    $answer.some = $some.ToArray()
    $answer
}

# Read-Anyhow lists one folder, or tells why it cannot be read. What lies on this
# host another network logon reads no better.
function Read-Anyhow($Folder, $Pattern) {
    try {
        if ($Folder.path.StartsWith('\\')) { return Invoke-Read { Read-Folder $Folder $Pattern } }
        $Lending.Lent = $false
        Read-Folder $Folder $Pattern
    } catch {
        [ordered]@{ id = $Folder.id; path = $Folder.path; files = @(); others = 0; some = @(); error = Get-ReadFailure $_ 'win32' $Folder.path }
    }
}

try {
    $folders = @($Request.folders)
    Write-Answer ([ordered]@{
        ok = $true
        folders = @($folders | ForEach-Object { Read-Anyhow $_ $Request.pattern })
        free = Get-Free $folders[-1].path
    })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-ReadFailure $_ 'win32' '' })
}
