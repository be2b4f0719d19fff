# pchatops job-start 1
$Cmdlets = 'Set-CsPersistentChatState', 'Set-CsPersistentChatActiveServer', 'Install-CsMirrorDatabase',
    'Uninstall-CsMirrorDatabase', 'Invoke-CsDatabaseFailover', 'Invoke-CsManagementServerFailover'

# Test-Request gives the reason to refuse a request, or nothing.
function Test-Request {
    if ($Request.kind -eq 'cmdlet') {
        if ($Cmdlets -notcontains $Request.request.cmdlet) { "The cmdlet $($Request.request.cmdlet) is not among those that a job may run." }
    } elseif ($Request.kind -eq 'copy') {
        if (@($Request.request.files | Where-Object { -not (Test-FileName $_.n) -or -not (Test-FileName (Get-Target $_)) }).Count -gt 0) { 'A file name is none.' }
    } elseif ($Request.kind -ne 'probe') { "There is no job of kind $($Request.kind)." }
}

# New-Job claims the id: the job file can be made once. It says whether this
# call made it. A claim that comes to nothing is taken back.
function New-Job($Folder) {
    $account = New-Object Security.Principal.NTAccount $Request.runAs
    [void][IO.Directory]::CreateDirectory($Folder, (New-Security @($account)))
    $file = [IO.Path]::Combine($Folder, 'job.json')
    try { $stream = [IO.File]::Open($file, 'CreateNew', 'Write', 'None') } catch {
        if ([IO.File]::Exists($file)) { return $false }
        throw
    }
    $bytes = $Utf8.GetBytes((ConvertTo-Text $Request))
    try {
        try { $stream.Write($bytes, 0, $bytes.Length) } finally { $stream.Dispose() }
        [IO.File]::WriteAllText([IO.Path]::Combine($Folder, 'job.ps1'), $Program.ToString(), $Utf8)
    } catch {
        [IO.File]::Delete($file) # or the id would be taken by no job
        throw
    }
    $true
}

# Get-Refusal gives the reason for which a start is not honoured, or nothing:
# another ticket was taken since, or the time for it is over.
function Get-Refusal($Fence) {
    if ($Request.kind -eq 'probe') { return } # it changes nothing, whoever drives
    if ((Read-Fence $Fence) -cne $Request.ticket) { return 'overtaken' }
    if ((Get-Tick) -gt $Request.notAfter) { return 'late' }
}

# Test-Ask says whether an earlier try of this very request made the job, so that
# repeating it is no second start.
function Test-Ask($Folder) {
    $job = Read-Document ([IO.Path]::Combine($Folder, 'job.json'))
    if ($null -eq $job) { return $false }
    $ask = $job.PSObject.Properties['ask']
    $null -ne $ask -and $ask.Value -eq $Request.ask
}

# Get-StartedView tells how the job stands. That it cannot be looked at does not
# mean that it does not run.
function Get-StartedView {
    try { Get-JobView $Request.id 0 $Request.wait } catch {
        [ordered]@{ ok = $true; exists = $true; state = 'queued'; log = ''; next = 0; status = $null; result = $null; task = $false }
    }
}

# Format-Boundary gives the time so many days from now as a trigger takes it.
function Format-Boundary($Days) {
    [DateTime]::UtcNow.AddDays($Days).ToString('yyyy-MM-dd\THH:mm:ss\Z', [Globalization.CultureInfo]::InvariantCulture)
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
    # Windows itself deletes the task, and with it the password, should nobody look
    # any more. A trigger that lies in the past starts nothing; it sets the day.
    $settings.DeleteExpiredTaskAfter = 'PT0S'
    $trigger = $definition.Triggers.Create(1)
    $trigger.StartBoundary = Format-Boundary -1
    $trigger.EndBoundary = Format-Boundary 2
    $action = $definition.Actions.Create(0)
    $action.Path = [IO.Path]::Combine([Environment]::SystemDirectory, 'WindowsPowerShell\v1.0\powershell.exe')
    $action.Arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "& ([ScriptBlock]::Create([IO.File]::ReadAllText(''job.ps1'')))"'
    $action.WorkingDirectory = $Folder
    $task = $service.GetFolder('\').RegisterTaskDefinition("pchatops-$($Request.id)", $definition, 6, $Request.runAs, $Secret, 1, $null)
    [void]$task.Run($null)
}

# Undo-Start takes back a claim whose task could not be started: nothing can begin
# under it any more, and the id is free. It says whether the job had not begun
# already all the same; what could not be removed is added to the failure.
function Undo-Start($Folder, $Failure) {
    $job = [IO.Path]::Combine($Folder, 'job.json')
    if ([IO.File]::Exists($job) -and -not (Stop-Unbegun $Folder $Failure) -and [IO.File]::Exists([IO.Path]::Combine($Folder, 'begun'))) { return $false }
    if (Clear-JobTask $Request.id) { $Failure.message += " The task pchatops-$($Request.id), which holds a password, could not be removed: delete it in the Task Scheduler." }
    try { [IO.Directory]::Delete($Folder, $true) } catch { $Failure.message += " The folder $Folder could not be removed." }
    $true
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
    $fence = Enter-Fence
    try {
        if (-not [IO.File]::Exists([IO.Path]::Combine($folder, 'job.json'))) {
            $refusal = Get-Refusal $fence
            if ($refusal) {
                Write-Answer ([ordered]@{ ok = $false; error = New-Failure $refusal 'Another console drives this site now, or the request has come too late. Nothing was started.' '' })
                return
            }
            $claimed = New-Job $folder
        }
    } finally { $fence.Dispose() }
    if ($claimed) { Start-JobTask $folder }
    $begun = $claimed
    $view = Get-StartedView
    $view['started'] = $claimed -or (Test-Ask $folder)
    Write-Answer $view
} catch {
    $failure = Get-Failure $_ 'win32' $folder
    if ($failure.code -eq 0) { $failure.kind = 'refused' }
    if ($claimed -and -not $begun -and -not (Undo-Start $folder $failure)) {
        $view = Get-StartedView
        $view['started'] = $true
        Write-Answer $view
        return
    }
    Write-Answer ([ordered]@{ ok = $false; error = $failure })
}
