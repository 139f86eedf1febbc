<#
    Script blocks that run in a runspace beside the test, and what they must not leave behind when they have ended.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Invoke-RestMethod, by which the emulator is asked, holds a connection itself.
$script:ControlConnections = 1

<#
.SYNOPSIS
    A connection to the emulator that is open and was not validated.
#>
function New-TestConnection {
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
        'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'It changes nothing.')]
    [CmdletBinding()]
    param([hashtable] $With = @{})

    Connect-Emulator -With (@{ PassThru = $true; SkipValidation = $true } + $With)
}

<#
.SYNOPSIS
    Starts a script block in a runspace.
.OUTPUTS
    Shell and Handle. Whoever asked for it disposes of the shell.
#>
function Start-BackgroundScript {
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
        'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'It runs code of the tests only.')]
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [runspace] $Runspace,
        [Parameter(Mandatory, Position = 0)] [scriptblock] $Script,
        [object[]] $Arguments = @()
    )

    $shell = [powershell]::Create($Runspace).AddScript($Script.ToString())
    foreach ($argument in $Arguments) {
        $null = $shell.AddArgument($argument)
    }
    [pscustomobject]@{ Shell = $shell; Handle = $shell.BeginInvoke() }
}

<#
.SYNOPSIS
    Stops a script as Ctrl-C does.
.OUTPUTS
    How long that took, in milliseconds.
#>
function Stop-BackgroundScript {
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
        'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'It stops code of the tests only.')]
    [CmdletBinding()]
    [OutputType([double])]
    param([Parameter(Mandatory, Position = 0)] [pscustomobject] $Running)

    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $Running.Shell.Stop()
    $null = $Running.Handle.AsyncWaitHandle.WaitOne()
    $watch.Elapsed.TotalMilliseconds
}

<#
.SYNOPSIS
    Waits until no more than the given connections are open. A request in flight holds one.
#>
function Assert-NoOpenConnection {
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
        'PSReviewUnusedParameter', '', Justification = 'The block inside hides that it is used.')]
    [CmdletBinding()]
    param([int] $Idle = 0, [int] $IdleAtStorage = 0)

    $max = $Idle + $script:ControlConnections
    Wait-Until { (Get-EmulatorConnectionCount) -le $max }
    Wait-Until { (Get-EmulatorConnectionCount -Origin storage) -le $IdleAtStorage }
}

function Get-RequestCount {
    @(Get-EmulatorRequest).Count + @(Get-EmulatorRequest -Origin storage).Count
}

<#
.SYNOPSIS
    Asserts that a cmdlet that has ended sends nothing more. What it had sent may still be on its way to the emulator.
.DESCRIPTION
    Work that was left behind would send its requests in turn with those that this function sends itself.
.PARAMETER Max
    How many requests there may be in all; those that are recorded when the function is called by default.
#>
function Assert-NoFurtherRequest {
    [CmdletBinding()]
    param([int] $Max = (Get-RequestCount))

    foreach ($look in 1..15) {
        Get-RequestCount | Should -BeLessOrEqual $Max -Because 'the cmdlet has ended'
    }
}

Export-ModuleMember -Function @(
    'Assert-NoFurtherRequest', 'Assert-NoOpenConnection', 'New-TestConnection', 'Start-BackgroundScript', 'Stop-BackgroundScript'
)
