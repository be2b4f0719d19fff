# The folder of all jobs, and who may start some.
$Administrators = New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-544'
$System = New-Object Security.Principal.SecurityIdentifier 'S-1-5-18'

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

# Enter-Fence opens the file that holds the last ticket. Nobody
# else has it open meanwhile, so nothing is started in between.
function Enter-Fence {
    $path = [IO.Path]::Combine((Get-JobRoot), 'fence.txt')
    for ($n = 0; $true; $n++) {
        try { return [IO.File]::Open($path, 'OpenOrCreate', 'ReadWrite', 'None') } catch {
            if ($n -ge 100) { throw }
            Start-Sleep -Milliseconds 50
        }
    }
}

# Read-Fence gives the last ticket.
function Read-Fence($Fence) {
    $bytes = New-Object byte[] ([int][Math]::Min(200, $Fence.Length))
    [void]$Fence.Seek(0, 'Begin')
    $Utf8.GetString($bytes, 0, $Fence.Read($bytes, 0, $bytes.Length))
}

# Write-Fence makes a ticket the last one.
function Write-Fence($Fence, $Ticket) {
    $bytes = $Utf8.GetBytes("$Ticket")
    $Fence.SetLength(0)
    $Fence.Write($bytes, 0, $bytes.Length)
    $Fence.Flush()
}

