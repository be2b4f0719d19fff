# What a test host needs beside the shim of stubs: locks as Windows reports them,
# and of the Task Scheduler what expires, is listed, and tells how a start ended.
# A file that another process has open for itself alone is error 32. .NET says the
# same on Linux, by a lock, under a number of its own.
class LockedFile : TestFile {
    static [System.IO.FileStream] Open([string]$path, [System.IO.FileMode]$mode, [System.IO.FileAccess]$access, [System.IO.FileShare]$share) {
        [TestFile]::Meet('Open', $path)
        try { return [System.IO.File]::Open($path, $mode, $access, $share) } catch [System.IO.IOException] {
            $e = $_.Exception.GetBaseException()
            if ($e.HResult -eq 11) { throw [System.IO.IOException]::new($e.Message, 0x80070020) }
            throw $e
        }
        return $null
    }
}
& {
    $accelerators = [PSObject].Assembly.GetType('System.Management.Automation.TypeAccelerators')
    [void]$accelerators::Remove('IO.File')
    $accelerators::Add('IO.File', [LockedFile])
}

$global:NewShimObject = ${function:New-Object}
function New-Object {
    [CmdletBinding()]
    param([Parameter(Position = 0)][string]$TypeName, [Parameter(Position = 1)][Alias('Args')][object[]]$ArgumentList, [string]$ComObject)
    if ($ComObject -ne 'Schedule.Service') { & $global:NewShimObject @PSBoundParameters; return } # an empty array stays one
    $made = & $global:NewShimObject @PSBoundParameters
    $made | Add-Member -Force ScriptMethod NewTask {
        param($flags)
        $definition = [TestScheduler]::new().NewTask($flags)
        $definition.Settings | Add-Member DeleteExpiredTaskAfter ''
        $triggers = [pscustomobject]@{ Made = [Collections.ArrayList]@() } | Add-Member -PassThru ScriptMethod Create {
            param($type)
            $trigger = [pscustomobject]@{ Type = $type; StartBoundary = ''; EndBoundary = '' }
            [void]$this.Made.Add($trigger)
            $trigger
        }
        $definition | Add-Member -PassThru Triggers $triggers
    }
    $made | Add-Member -Force -PassThru ScriptMethod GetFolder {
        param($path)
        [TestTaskFolder]::new() | Add-Member -PassThru ScriptMethod GetTasks {
            param($flags)
            [TestHost]::Meet('GetTasks')
            foreach ($task in [System.IO.Directory]::GetDirectories([TestHost]::Folder('tasks'))) { [TestTask]::new([System.IO.Path]::GetFileName($task)) }
        } | Add-Member -PassThru -Force ScriptMethod RegisterTaskDefinition {
            param($name, $definition, $flags, $user, $password, $logon, $sddl)
            if ($definition.Settings.DeleteExpiredTaskAfter -and -not @($definition.Triggers.Made | Where-Object EndBoundary).Count) { [TestHost]::Fail(0x80041319L) }
            $task = [TestTaskFolder]::new().RegisterTaskDefinition($name, $definition, $flags, $user, $password, $logon, $sddl)
            [System.IO.File]::WriteAllText([System.IO.Path]::Combine([TestHost]::Folder('tasks'), $name, 'triggers.json'),
                (Microsoft.PowerShell.Utility\ConvertTo-Json @($definition.Triggers.Made)))
            [TestLaunch]::Of($task)
        } | Add-Member -PassThru -Force ScriptMethod GetTask {
            param($name)
            [TestLaunch]::Of([TestTaskFolder]::new().GetTask($name))
        }
    }
}

# A line in faults/Launch, an exit code, lets the next start of a task come to
# nothing: Run succeeds, and LastTaskResult tells later.
class TestLaunch {
    static [object] Of([object]$task) {
        return $task | Add-Member -PassThru -Force ScriptMethod Run {
            param($parameters)
            $path = [System.IO.Path]::Combine($env:TESTHOST_ROOT, 'faults', 'Launch')
            if (-not [System.IO.File]::Exists($path)) { return [TestTask]::new($this.Name).Run($parameters) }
            [System.IO.File]::WriteAllText([System.IO.Path]::Combine([TestHost]::Folder('tasks'), $this.Name, 'exit'), [System.IO.File]::ReadAllText($path).Trim())
            $this
        }
    }
}
