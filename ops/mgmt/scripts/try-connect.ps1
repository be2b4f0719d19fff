# pchatops try-connect 1
# One attempt to connect over TCP, at which nothing is sent. The name is looked up
# first, so that a slow lookup is not taken for a silent server. Windows' numbers:
$NoAddress = 11004
$Refused = 10061
$NoAnswer = 10060
$Silence = 10051, $NoAnswer, 10064, 10065 # and no route

# Get-SocketCode gives the number of a socket error.
function Get-SocketCode($Record) {
    for ($e = $Record.Exception; $null -ne $e; $e = $e.InnerException) {
        if ($e -is [Net.Sockets.SocketException]) { return [int]$e.SocketErrorCode }
    }
    throw $Record
}

# Connect-Once gives 0 or the number of the socket error.
function Connect-Once($Address, $Port, $Patience) {
    $socket = $null
    try {
        $socket = New-Object Net.Sockets.Socket $Address.AddressFamily, 'Stream', 'Tcp'
        $attempt = $socket.BeginConnect($Address, $Port, $null, $null)
        if (-not $attempt.AsyncWaitHandle.WaitOne($Patience)) { return $NoAnswer }
        $socket.EndConnect($attempt)
        0
    } catch {
        Get-SocketCode $_
    } finally {
        if ($null -ne $socket) { $socket.Close() }
    }
}

# Connect-Any tries all addresses of a name. One that connects is enough; a
# refusal says more than another error, and any error more than silence.
function Connect-Any($Name, $Port, $Patience) {
    try { $addresses = @([Net.Dns]::GetHostAddresses($Name)) } catch { return Get-SocketCode $_ }
    $code = $NoAddress
    foreach ($address in $addresses) {
        $one = Connect-Once $address $Port ([int]($Patience / $addresses.Count))
        if ($one -eq 0) { return 0 }
        if ($code -eq $NoAddress -or $Silence -contains $code -or $one -eq $Refused) { $code = $one }
    }
    $code
}

try {
    $name, $port, $patience = "$($Request.host)", [int]$Request.port, [int]$Request.timeout
    if ($name -eq '' -or $port -lt 1 -or $port -gt 65535 -or $patience -lt 1 -or $patience -gt 20000) {
        Write-Answer ([ordered]@{ ok = $false; error = New-Failure 'refused' 'host, port and timeout are wanted: the last in milliseconds, at most 20000.' '' })
        return
    }
    $code = Connect-Any $name $port $patience
    Write-Answer ([ordered]@{ ok = $true; computer = [Environment]::MachineName; connected = ($code -eq 0); code = $code })
} catch {
    Write-Answer ([ordered]@{ ok = $false; error = Get-Failure $_ 'win32' '' })
}
