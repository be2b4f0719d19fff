# pchatops list-files 1
# Read-Folder lists one folder. Length and time come with the listing, so that
# thousands of files cost one pass.
function Read-Folder($Folder, $Pattern) {
    $answer = [ordered]@{ id = $Folder.id; path = $Folder.path; files = @(); error = $null }
    try {
        $files = New-Object Collections.ArrayList
        foreach ($file in ([IO.DirectoryInfo]$Folder.path).EnumerateFiles($Pattern)) {
            [void]$files.Add([ordered]@{ n = $file.Name; len = $file.Length; mtime = Format-Time $file.LastWriteTimeUtc })
        }
        $answer.files = $files.ToArray()
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

# Get-Free gives the free bytes of a folder's volume, -1 where it has no drive
# letter.
function Get-Free($Path) {
    try { (New-Object IO.DriveInfo ([IO.Path]::GetPathRoot($Path))).AvailableFreeSpace } catch { -1 }
}

$folders = @($Request.folders)
Write-Answer ([ordered]@{
    ok = $true
    folders = @($folders | ForEach-Object { Read-Anyhow $_ $Request.pattern })
    free = Get-Free $folders[-1].path
})
