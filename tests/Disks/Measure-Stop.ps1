<#
.SYNOPSIS
    Stops Save-BatchExportFile while it is at the disk, and prints how many milliseconds that took.
.PARAMETER Ready
    A file to create when the download is about to begin. Where FROZEN names a file, the download begins once that is there.
#>
param(
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [string] $RunId,
    [Parameter(Mandatory)] [string] $Ready
)

$ErrorActionPreference = 'Stop'

$state = [initialsessionstate]::CreateDefault2()
$state.ImportPSModule((Join-Path $PSScriptRoot '../../PSBatchExports.psd1'))
$runspace = [runspacefactory]::CreateRunspace($state)
$runspace.Open()
$shell = [powershell]::Create($runspace)
$null = $shell.AddScript('param($RunId, $Folder) Get-BatchExportFile -RunId $RunId').AddArgument($RunId).AddArgument($Folder).Invoke()

$shell.Commands.Clear()
$null = $shell.AddScript('param($RunId, $Folder) Save-BatchExportFile -RunId $RunId -Path $Folder').AddArgument($RunId).AddArgument($Folder)
$null = New-Item -ItemType File -Path $Ready -Force
while ($env:FROZEN -and -not (Test-Path -LiteralPath $env:FROZEN)) {
    Start-Sleep -Milliseconds 20
}
$running = $shell.BeginInvoke()
Start-Sleep -Seconds 2
if ($running.IsCompleted) {
    throw 'The download ended before it could be stopped.'
}

$clock = [System.Diagnostics.Stopwatch]::StartNew()
$shell.Stop()
$null = $running.AsyncWaitHandle.WaitOne()
[int] $clock.Elapsed.TotalMilliseconds

# A thread that the kernel holds would hold the end of the process, too.
[System.Console]::Out.Flush()
Stop-Process -Id $PID -Force
