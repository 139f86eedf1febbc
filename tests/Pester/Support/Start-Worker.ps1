<#
.SYNOPSIS
    Runs the suites that are asked for over a pipe, one after the other, until the pipe is closed.
.DESCRIPTION
    Each request is a line of JSON (paths, lines, skipRun), each answer a line of JSON with the tests. A request gets a
    runspace of its own, and the environment variables that the process started with. The process is reused, because a suite
    starts faster in a warm one.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $PipeName,
    [Parameter(Mandatory)] [string] $Pester
)

$ErrorActionPreference = 'Stop'

function Get-Environment {
    [System.Environment]::GetEnvironmentVariables()
}

function Restore-Environment([System.Collections.IDictionary] $Before) {
    $names = @($Before.Keys) + @((Get-Environment).Keys) | Sort-Object -Unique -CaseSensitive
    foreach ($name in $names) {
        [System.Environment]::SetEnvironmentVariable($name, $Before[$name])
    }
}

$pipe = [System.IO.Pipes.NamedPipeClientStream]::new('.', $PipeName, 'InOut', 'Asynchronous')
$pipe.Connect(30000)
$reader = [System.IO.StreamReader]::new($pipe)
$writer = [System.IO.StreamWriter]::new($pipe)
$writer.AutoFlush = $true

$next = $reader.ReadLineAsync()
while ($null -ne ($line = $next.GetAwaiter().GetResult())) {
    # The next request comes after the answer to this one; what ends before it is the pipe, with whoever would read the answer.
    $next = $reader.ReadLineAsync()

    $request = ConvertFrom-Json $line
    $environment = Get-Environment
    $runspace = [runspacefactory]::CreateRunspace($Host, [initialsessionstate]::CreateDefault())
    $runspace.Open()
    $shell = [powershell]::Create($runspace)
    try {
        $null = $shell.AddCommand((Join-Path $PSScriptRoot 'Invoke-Suite.ps1')).AddParameters(@{
                Path    = $request.paths
                Line    = $request.lines
                SkipRun = $request.skipRun
                Pester  = $Pester
            })
        $running = $shell.BeginInvoke()
        while (-not $running.AsyncWaitHandle.WaitOne(500)) {
            if ($next.IsCompleted) {
                [System.Environment]::Exit(1)
            }
        }
        $writer.WriteLine([string] $shell.EndInvoke($running)[-1])
    }
    finally {
        $shell.Dispose()
        $runspace.Dispose()
        Restore-Environment $environment
    }
}
