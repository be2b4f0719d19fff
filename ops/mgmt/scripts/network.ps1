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

# Invoke-AsNetworkUser runs a script block with the run-as account's network
# credentials (logon type 9, provider 3).
function Invoke-AsNetworkUser($Account, $Password, $Work) {
    Add-Type -TypeDefinition $Logon
    $domain, $user = $null, $Account
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

# Invoke-Read runs a read of the topology, and once more as the run-as account
# where the first try fails and an account was given.
function Invoke-Read($Work) {
    try { & $Work } catch {
        if ($Secret -eq '' -or $null -eq $Request.PSObject.Properties['runAs']) { throw }
        Invoke-AsNetworkUser $Request.runAs $Secret $Work
    }
}
