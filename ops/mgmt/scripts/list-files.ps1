# pchatops list-files 1
# Read-Folder lists one folder. Length and time come with the listing, so that
# thousands of files cost one pass. Of what else lies there, folders too, the
# number is told and a few names.
function Read-Folder($Folder, $Pattern) {
    $answer = [ordered]@{ id = $Folder.id; path = $Folder.path; files = @(); others = 0; some = @(); error = $null }
    try {
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
    } catch { $answer.error = Get-Failure $_ 'win32' $Folder.path }
    $answer
}

# Read-Anyhow lists one folder, and a share that the shell's own logon cannot
# read once more as the run-as account.
function Read-Anyhow($Folder, $Pattern) {
    $answer = Read-Folder $Folder $Pattern
    if ($null -eq $answer.error -or -not $Folder.path.StartsWith('\\') -or $null -eq $Request.PSObject.Properties['runAs']) { return $answer }
    try { Invoke-AsNetworkUser $Request.runAs $Secret { Read-Folder $Folder $Pattern } } catch { $answer }
}

# Get-Free gives the free bytes of a folder's volume, -1 where they are
# not known.
function Get-Free($Path) {
    try { $free = (New-Object IO.DriveInfo ([IO.Path]::GetPathRoot($Path))).AvailableFreeSpace } catch { return -1 }
    if ($null -eq $free) { return -1 } # a property that fails is nothing
    $free
}

$folders = @($Request.folders)
Write-Answer ([ordered]@{
    ok = $true
    folders = @($folders | ForEach-Object { Read-Anyhow $_ $Request.pattern })
    free = Get-Free $folders[-1].path
})
