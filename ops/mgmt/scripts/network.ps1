# The shell's own logon cannot reach a further server (second hop). A read that
# needs one goes on the network as the run-as account: a new-credentials logon
# changes nothing on this host and is undone at once.
$Logon = @'
using System;
using System.Runtime.InteropServices;
public static class PchatopsLogon {
    [DllImport("advapi32.dll", SetLastError = true, CharSet = CharSet.Unicode)]
    public static extern bool LogonUser(string user, string domain, string password, int type, int provider, out IntPtr token);
    [DllImport("kernel32.dll")]
    public static extern bool CloseHandle(IntPtr handle);
}
'@

# Lent is whether the run-as account was the last that asked.
$Lending = @{ Lent = $false }

# Invoke-AsNetworkUser runs a script block with the run-as account's network
# credentials (logon type 9, provider 3). Windows looks at the password only where
# it is used: at the next server. A user principal name comes without a domain,
# which is no empty one.
function Invoke-AsNetworkUser($Account, $Password, $Work) {
    $Lending.Lent = $true
    Add-Type -TypeDefinition $Logon
    $domain, $user = [NullString]::Value, $Account
    if ($Account.Contains('\')) { $domain, $user = $Account.Split([char[]]'\', 2) }
    $token = [IntPtr]::Zero
    if (-not [PchatopsLogon]::LogonUser($user, $domain, $Password, 9, 3, [ref]$token)) {
        throw (New-Object ComponentModel.Win32Exception)
    }
    $context = [Security.Principal.WindowsIdentity]::Impersonate($token)
    try { & $Work } finally {
        $context.Undo()
        [void][PchatopsLogon]::CloseHandle($token)
    }
}

# What a server says to a logon that does not reach it: of Windows, of a directory
# (8224), of SQL Server.
$Unreached = $LogonErrors + 5, 1240, 1312, 1396, 8224
$UnreachedSql = 229, 297, 300, 916, 4060, 18452, 18456

# Test-Access tells whether another account may fare better. An error that bears no
# number may be any; what the script itself has found out is not one.
function Test-Access($Record) {
    $sql = Get-SqlNumber $Record.Exception
    $codes = @(Get-Codes $Record.Exception | Where-Object { $_ -ne 0 })
    if ($UnreachedSql -contains $sql -or @($codes | Where-Object { $Unreached -contains $_ }).Count -gt 0) { return $true }
    $own = (Get-Property $Record.Exception 'WasThrownFromThrowStatement') -eq $true
    $sql -eq 0 -and $codes.Count -eq 0 -and -not $own
}

# Invoke-Read runs a read, and once more as the run-as account where the shell's own
# logon does not reach the next server and an account was given. A server that is
# dead is not asked twice.
function Invoke-Read($Work) {
    $Lending.Lent = $false
    try { & $Work } catch {
        if ($Secret -eq '' -or $null -eq (Get-Property $Request 'runAs') -or -not (Test-Access $_)) { throw }
        Invoke-AsNetworkUser $Request.runAs $Secret $Work
    }
}

# Get-ReadFailure is Get-Failure, and whether the run-as account was the one that asked.
function Get-ReadFailure($Record, $Kind, $Path) {
    $failure = Get-Failure $Record $Kind $Path
    $failure.runAs = $Lending.Lent
    $failure
}
