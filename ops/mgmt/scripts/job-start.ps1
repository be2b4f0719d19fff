# pchatops job-start 1
$Administrators = New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-544'
$System = New-Object Security.Principal.SecurityIdentifier 'S-1-5-18'
$Cmdlets = 'Set-CsPersistentChatState', 'Set-CsPersistentChatActiveServer', 'Install-CsMirrorDatabase',
    'Uninstall-CsMirrorDatabase', 'Invoke-CsDatabaseFailover'

# New-Security admits administrators, the system and the accounts given, and
# nobody by inheritance.
function New-Security($Accounts) {
    $security = New-Object Security.AccessControl.DirectorySecurity
    $security.SetAccessRuleProtection($true, $false)
    $security.SetOwner($Administrators)
    foreach ($who in @($Administrators, $System) + @($Accounts)) {
        $security.AddAccessRule((New-Object Security.AccessControl.FileSystemAccessRule $who, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow'))
    }
    $security
}

# Protect-Root makes the folder of all jobs. One that somebody else has made
# beforehand would let him exchange the programs in it.
function Protect-Root {
    $root = Get-JobRoot
    if (-not [IO.Directory]::Exists($root)) {
        [void][IO.Directory]::CreateDirectory($root, (New-Security @()))
    }
    foreach ($path in @($root, [IO.Path]::GetDirectoryName($root))) {
        $owner = [IO.Directory]::GetAccessControl($path).GetOwner([Security.Principal.SecurityIdentifier])
        if ($owner -ne $Administrators -and $owner -ne $System) {
            throw "The folder $path does not belong to the administrators of this host."
        }
    }
}

# Test-Request gives the reason to refuse a request, or nothing.
function Test-Request {
    if ($Request.kind -eq 'cmdlet') {
        if ($Cmdlets -notcontains $Request.request.cmdlet) { "The cmdlet $($Request.request.cmdlet) is not among those that a job may run." }
    } elseif ($Request.kind -eq 'copy') {
        if (@($Request.request.files | Where-Object { -not (Test-FileName $_.n) }).Count -gt 0) { 'A file name is none.' }
    } else { "There is no job of kind $($Request.kind)." }
}

# New-Job claims the id: the job file can be made once. It says whether this
# call made it.
function New-Job($Folder) {
    $account = New-Object Security.Principal.NTAccount $Request.runAs
    [void][IO.Directory]::CreateDirectory($Folder, (New-Security @($account)))
    $file = [IO.Path]::Combine($Folder, 'job.json')
    try { $stream = [IO.File]::Open($file, 'CreateNew', 'Write', 'None') } catch {
        if ([IO.File]::Exists($file)) { return $false }
        throw
    }
    $bytes = $Utf8.GetBytes((ConvertTo-Text $Request))
    try { $stream.Write($bytes, 0, $bytes.Length) } finally { $stream.Dispose() }
    [IO.File]::WriteAllText([IO.Path]::Combine($Folder, 'job.ps1'), $Programs[$Request.kind].ToString(), $Utf8)
    $true
}

# Test-Ask says whether an earlier try of this very request made the job, so that
# repeating it is no second start.
function Test-Ask($Folder) {
    $ask = (Read-Document ([IO.Path]::Combine($Folder, 'job.json'))).PSObject.Properties['ask']
    $null -ne $ask -and $ask.Value -eq $Request.ask
}

# Get-StartedView tells how the job stands. That it cannot be looked at does not
# mean that it does not run.
function Get-StartedView {
    try { Get-JobView $Request.id 0 $Request.wait } catch {
        [ordered]@{ ok = $true; exists = $true; state = 'queued'; log = ''; next = 0; status = $null; result = $null; task = $false }
    }
}

# Start-JobTask registers the task with its password stored, since only then its
# logon reaches further servers, and runs it. The program is read from the file
# instead of run as one, which a policy for script files could forbid.
function Start-JobTask($Folder) {
    $service = Connect-Tasks
    $definition = $service.NewTask(0)
    $definition.RegistrationInfo.Description = 'Started by pchatops. Removed once its outcome is known.'
    $definition.Principal.RunLevel = 1
    $settings = $definition.Settings
    $settings.Priority = 4
    $settings.ExecutionTimeLimit = 'PT0S'
    $settings.MultipleInstances = 2
    $settings.StartWhenAvailable = $false
    $settings.DisallowStartIfOnBatteries = $false
    $settings.StopIfGoingOnBatteries = $false
    $action = $definition.Actions.Create(0)
    $action.Path = [IO.Path]::Combine([Environment]::SystemDirectory, 'WindowsPowerShell\v1.0\powershell.exe')
    $action.Arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "& ([ScriptBlock]::Create([IO.File]::ReadAllText(''job.ps1'')))"'
    $action.WorkingDirectory = $Folder
    $task = $service.GetFolder('\').RegisterTaskDefinition("pchatops-$($Request.id)", $definition, 6, $Request.runAs, $Secret, 1, $null)
    [void]$task.Run($null)
}

$folder = ''
$claimed = $false
$begun = $false
try {
    $folder = Get-JobFolder $Request.id
    $refusal = Test-Request
    if ($refusal) {
        Write-Answer ([ordered]@{ ok = $false; error = New-Failure 'refused' $refusal '' })
        return
    }
    Protect-Root
    $claimed = New-Job $folder
    if ($claimed) { Start-JobTask $folder }
    $begun = $claimed
    $view = Get-StartedView
    $view['started'] = $claimed -or (Test-Ask $folder)
    Write-Answer $view
} catch {
    $failure = Get-Failure $_ 'win32' $folder
    if ($failure.code -eq 0) { $failure.kind = 'refused' }
    if ($claimed -and -not $begun) {
        try { [void](Remove-JobTask $Request.id); [IO.Directory]::Delete($folder, $true) } catch { $failure.message += " The job's folder could not be removed." }
    }
    Write-Answer ([ordered]@{ ok = $false; error = $failure })
}
