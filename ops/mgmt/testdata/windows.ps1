# A Windows host for tests. A job's own PowerShell begins with this file, too.
. "$env:TESTHOST_STUBS/shim.ps1"
$global:TestHostShim = $PSCommandPath
. ([System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($PSCommandPath), 'windows_host.ps1'))
