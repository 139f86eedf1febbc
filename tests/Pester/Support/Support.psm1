<#
    What the suites share: an emulated service of their own, its control channel, and processes and runspaces that nothing was
    imported into.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$script:Root = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../../..')).Path
$script:Current = $null

<#
.SYNOPSIS
    The manifest of the module under test: the one of the source tree, or the one PSBATCHEXPORTS_MODULE names.
#>
function Get-ModuleUnderTest {
    [CmdletBinding()]
    [OutputType([string])]
    param()

    $env:PSBATCHEXPORTS_MODULE ? $env:PSBATCHEXPORTS_MODULE : (Join-Path $script:Root 'PSBatchExports.psd1')
}

function Get-EmulatorProgram {
    $pattern = Join-Path $script:Root 'src/PSBatchExports.Emulator/bin/*/net8.0/PSBatchExports.Emulator.dll'
    $newest = Get-Item -Path $pattern | Sort-Object -Property LastWriteTimeUtc -Descending | Select-Object -First 1
    if (-not $newest) {
        throw "The emulator is not built: run 'dotnet build' in $script:Root."
    }
    $newest.FullName
}

# The same names as in the program's JSON.
function Read-Banner([string] $Text) {
    $values = @{}
    foreach ($found in [regex]::Matches($Text, '(?m)^  (API|Storage|Key|Project|Organization) +(.+)$')) {
        $values[$found.Groups[1].Value] = $found.Groups[2].Value
    }
    @{
        api            = $values.API
        storage        = $values.Storage
        key            = $values.Key
        projectId      = [int] $values.Project
        organizationId = $values.Organization
    }
}

<#
.SYNOPSIS
    Starts an emulator on free ports. It becomes the one that the other functions mean when they are not told which.
.PARAMETER Arguments
    More options of the program, such as '--exports', 250.
.PARAMETER Program
    The path of another emulator than the one that was built last.
.PARAMETER Readable
    Lets the program print what it prints for people.
.OUTPUTS
    Api, Storage, Key, ProjectId, OrganizationId, Process, and Printed, which is what the program said.
#>
function Start-Emulator {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [string[]] $Arguments = @(),
        [string] $Program,
        [switch] $Readable
    )

    $command = $Program ? @($Program) : @('dotnet', (Get-EmulatorProgram))
    $start = [System.Diagnostics.ProcessStartInfo]::new($command[0])
    $format = $Readable ? @() : @('--json')
    $ports = '--port', '0', '--storage-port', '0'
    foreach ($argument in @($command | Select-Object -Skip 1) + $format + '--stop-on-stdin-end' + $ports + $Arguments) {
        $start.ArgumentList.Add($argument)
    }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $errors = $process.StandardError.ReadToEndAsync()

    $printed = [System.Text.StringBuilder]::new()
    do {
        $line = $process.StandardOutput.ReadLineAsync()
        if (-not $line.Wait([timespan]::FromSeconds(60)) -or $null -eq $line.Result) {
            $process.Kill($true)
            throw "The emulator did not start: $($errors.GetAwaiter().GetResult())"
        }
        $null = $printed.Append($line.Result).Append("`n")
    } while ($Readable -and $line.Result -notlike '*Ctrl-C*')

    # Read on, or a full pipe would stop the program.
    $null = $process.StandardOutput.ReadToEndAsync()

    $address = $Readable ? (Read-Banner "$printed") : ("$printed" | ConvertFrom-Json)
    $script:Current = [pscustomobject]@{
        Printed        = "$printed"
        Api            = $address.api.TrimEnd('/')
        Storage        = $address.storage.TrimEnd('/')
        Key            = $address.key
        ProjectId      = $address.projectId
        OrganizationId = $address.organizationId
        Process        = $process
    }
    $script:Current
}

<#
.SYNOPSIS
    Ends an emulator; one that does not end by itself within ten seconds is killed.
#>
function Stop-Emulator {
    [CmdletBinding()]
    param([pscustomobject] $Emulator = $script:Current)

    if (-not $Emulator) {
        return
    }

    $Emulator.Process.StandardInput.Close()
    if (-not $Emulator.Process.WaitForExit(10000)) {
        $Emulator.Process.Kill($true)
    }
    $Emulator.Process.Dispose()
    if ($Emulator -eq $script:Current) {
        $script:Current = $null
    }
}

function Invoke-Control {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [string] $Method,
        [Parameter(Mandatory)] [string] $Path,
        [object] $Body,
        [pscustomobject] $Emulator
    )

    $target = $Emulator ? $Emulator : $script:Current
    if (-not $target) {
        throw 'No emulator was started.'
    }

    $request = @{ Method = $Method; Uri = "$($target.Api)/_emulator/$Path"; NoProxy = $true; Verbose = $false }
    if ($null -ne $Body) {
        $request.Body = ConvertTo-Json -InputObject $Body -Depth 10
        $request.ContentType = 'application/json'
    }
    Invoke-RestMethod @request
}

<#
.SYNOPSIS
    Puts an emulator back to where it was when it started: exports, runs, keys, faults and recorded requests.
#>
function Reset-Emulator {
    [CmdletBinding()]
    param([pscustomobject] $Emulator)

    $null = Invoke-Control -Method Post -Path 'reset' -Emulator $Emulator
}

<#
.SYNOPSIS
    The requests that an origin has seen, oldest first.
.OUTPUTS
    origin, method, path, query, headers, body, statusCode (0 where nothing was answered), at.
#>
function Get-EmulatorRequest {
    [CmdletBinding()]
    param(
        [ValidateSet('api', 'storage')] [string] $Origin = 'api',
        [pscustomobject] $Emulator
    )

    (Invoke-Control -Method Get -Path 'requests' -Emulator $Emulator) | Where-Object origin -EQ $Origin
}

<#
.SYNOPSIS
    Forgets the recorded requests of both origins.
#>
function Clear-EmulatorRequest {
    [CmdletBinding()]
    param([pscustomobject] $Emulator)

    $null = Invoke-Control -Method Delete -Path 'requests' -Emulator $Emulator
}

<#
.SYNOPSIS
    Lets something go wrong with the next matching requests; of several faults that match, the first added comes first.
.EXAMPLE
    Add-EmulatorFault @{ pathPattern = '/runs/'; status = 429; headers = @{ 'Retry-After' = '1' } }
.EXAMPLE
    Add-EmulatorFault @{ origin = 'storage'; truncateAfter = 1000; times = 2 }
#>
function Add-EmulatorFault {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [System.Collections.IDictionary[]] $Fault,
        [pscustomobject] $Emulator
    )

    $null = Invoke-Control -Method Post -Path 'faults' -Body $Fault -Emulator $Emulator
}

<#
.SYNOPSIS
    Takes back the faults that have not happened yet.
#>
function Clear-EmulatorFault {
    [CmdletBinding()]
    param([pscustomobject] $Emulator)

    $null = Invoke-Control -Method Delete -Path 'faults' -Emulator $Emulator
}

<#
.SYNOPSIS
    Adds scheduled exports to the project and returns their ids.
.EXAMPLE
    Add-EmulatorExport -Count 200 -History @{ interval = 'hour'; historyDays = 30; incident = 'outage' }
#>
function Add-EmulatorExport {
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [int] $Count = 1,
        [string] $NamePrefix = 'export-',
        [hashtable] $History = @{},
        [pscustomobject] $Emulator
    )

    $body = @{ count = $Count; namePrefix = $NamePrefix } + $History
    (Invoke-Control -Method Post -Path 'exports' -Body $body -Emulator $Emulator).ids
}

<#
.SYNOPSIS
    How many TCP connections are open.
#>
function Get-EmulatorConnectionCount {
    [CmdletBinding()]
    [OutputType([int])]
    param(
        [ValidateSet('api', 'storage')] [string] $Origin = 'api',
        [pscustomobject] $Emulator
    )

    [int] (Invoke-Control -Method Get -Path 'connections' -Emulator $Emulator).$Origin
}

<#
.SYNOPSIS
    How many bytes of files the storage has sent.
#>
function Get-EmulatorTraffic {
    [CmdletBinding()]
    [OutputType([long])]
    param([pscustomobject] $Emulator)

    [long] (Invoke-Control -Method Get -Path 'connections' -Emulator $Emulator).storageBytesSent
}

<#
.SYNOPSIS
    Adds completed runs to a scheduled export, a minute apart, the newest so many days ago. Puts out their ids, newest first.
    Or adds the runs that are given.
.EXAMPLE
    Add-EmulatorScheduledRun $id -Run @{ start = '2026-10-01T00:00Z'; end = '2026-10-01T01:00Z'; status = 'Failed'; error = 'no space' }
#>
function Add-EmulatorScheduledRun {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [string] $BatchExportId,
        [int] $Count = 1,
        [double] $DaysAgo = 0,
        [hashtable[]] $Run,
        [pscustomobject] $Emulator
    )

    $body = $Run ? $Run : @{ count = $Count; daysAgo = $DaysAgo }
    (Invoke-Control -Method Post -Path "scheduled-runs/$BatchExportId" -Body $body -Emulator $Emulator).ids
}

<#
.SYNOPSIS
    Gives a run a status, and an error where the status is one of failure.
#>
function Set-EmulatorRun {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [string] $RunId,
        [Parameter(Mandatory, Position = 1)] [string] $Status,
        [string] $ErrorMessage,
        [pscustomobject] $Emulator
    )

    $change = @{ status = $Status }
    if ($ErrorMessage) {
        $change.error = $ErrorMessage
    }
    $null = Invoke-Control -Method Post -Path "runs/$RunId" -Body $change -Emulator $Emulator
}

<#
.SYNOPSIS
    Makes the runs of an export that start from now on fail with an error; $null makes them complete again.
#>
function Set-EmulatorRunError {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [string] $BatchExportId,
        [Parameter(Mandatory, Position = 1)] [AllowNull()] [object] $ErrorMessage,
        [pscustomobject] $Emulator
    )

    $null = Invoke-Control -Method Post -Path "exports/$BatchExportId" -Body @{ runError = $ErrorMessage } -Emulator $Emulator
}

<#
.SYNOPSIS
    Adds lines to the log of an export or a run.
.EXAMPLE
    Add-EmulatorLog @{ sourceId = $export.Id; level = 'ERROR'; message = 'timeout'; timestamp = '2026-10-01T00:00:00Z' }
#>
function Add-EmulatorLog {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [System.Collections.IDictionary[]] $Entry,
        [pscustomobject] $Emulator
    )

    $null = Invoke-Control -Method Post -Path 'logs' -Body $Entry -Emulator $Emulator
}

<#
.SYNOPSIS
    Adds an API key.
.EXAMPLE
    Add-EmulatorKey @{ key = 'phx_reader'; scopes = @('batch_export:read') }
.EXAMPLE
    Add-EmulatorKey @{ key = 'phx_elsewhere'; scopedProjects = @('999') }
#>
function Add-EmulatorKey {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [System.Collections.IDictionary] $Key,
        [pscustomobject] $Emulator
    )

    $null = Invoke-Control -Method Post -Path 'keys' -Body $Key -Emulator $Emulator
}

<#
.SYNOPSIS
    Changes how the whole service behaves: failToStart, ignoreCancellations, storageEmpty, fileVersion, countTimesOut, expireStorageTokens.
.EXAMPLE
    Set-EmulatorSwitch @{ failToStart = $true }
#>
function Set-EmulatorSwitch {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [System.Collections.IDictionary] $Behaviour,
        [pscustomobject] $Emulator
    )

    $null = Invoke-Control -Method Post -Path 'switches' -Body $Behaviour -Emulator $Emulator
}

<#
.SYNOPSIS
    Imports the module under test and connects it to an emulator.
.PARAMETER Key
    Another key than the one with full access.
.PARAMETER With
    More parameters of Connect-BatchExportService, such as @{ MaximumRetryCount = 0 }; they win over the ones set here.
#>
function Connect-Emulator {
    [CmdletBinding()]
    param(
        [Parameter(Position = 0)] [hashtable] $With = @{},
        [string] $Key,
        [pscustomobject] $Emulator = $script:Current
    )

    Import-Module (Get-ModuleUnderTest) -Global
    $parameters = @{
        ApiHost   = $Emulator.Api
        ApiKey    = [System.Net.NetworkCredential]::new('', ($Key ? $Key : $Emulator.Key)).SecurePassword
        ProjectId = $Emulator.ProjectId
    }
    foreach ($name in $With.Keys) {
        $parameters[$name] = $With[$name]
    }
    Connect-BatchExportService @parameters
}

<#
.SYNOPSIS
    Runs a script block and sorts what comes of it.
.OUTPUTS
    Output, Errors (not terminating), Warnings, Terminating (the error that ended it, or nothing), Seconds.
#>
function Invoke-Watched {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory, Position = 0)] [scriptblock] $Action)

    $output = [System.Collections.Generic.List[object]]::new()
    $errors = [System.Collections.Generic.List[System.Management.Automation.ErrorRecord]]::new()
    $warnings = [System.Collections.Generic.List[string]]::new()
    $terminating = $null
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    try {
        & $Action 2>&1 3>&1 | ForEach-Object {
            if ($_ -is [System.Management.Automation.ErrorRecord]) {
                $errors.Add($_)
            }
            elseif ($_ -is [System.Management.Automation.WarningRecord]) {
                $warnings.Add($_.Message)
            }
            else {
                $output.Add($_)
            }
        }
    }
    catch {
        $terminating = $_
    }

    [pscustomobject]@{
        Output      = $output.ToArray()
        Errors      = $errors.ToArray()
        Warnings    = $warnings.ToArray()
        Terminating = $terminating
        Seconds     = $clock.Elapsed.TotalSeconds
    }
}

<#
.SYNOPSIS
    Waits until a condition is true, and throws when it is not in time.
#>
function Wait-Until {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, Position = 0)] [scriptblock] $Condition,
        [int] $TimeoutSec = 20
    )

    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($clock.Elapsed.TotalSeconds -gt $TimeoutSec) {
            throw "This was not true within $TimeoutSec s: $Condition"
        }
        Start-Sleep -Milliseconds 10
    }
}

<#
.SYNOPSIS
    A host that answers questions with the given choices, and keeps what it is asked (Questions) and warned of (Warnings).
#>
function New-ScriptedHost {
    [CmdletBinding()]
    [OutputType([System.Management.Automation.Host.PSHost])]
    param([int[]] $Answers = @())

    if (-not ('PSBatchExportsTests.ScriptedHost' -as [type])) {
        Add-Type -Path (Join-Path $PSScriptRoot 'ScriptedHost.cs')
    }
    [PSBatchExportsTests.ScriptedHost]::new($Answers)
}

<#
.SYNOPSIS
    An open runspace with the module under test and nothing else imported. Whoever asked for it disposes of it.
.PARAMETER PSHost
    The host; the engine's own by default.
#>
function New-TestRunspace {
    [CmdletBinding()]
    [OutputType([runspace])]
    param([System.Management.Automation.Host.PSHost] $PSHost)

    $state = [initialsessionstate]::CreateDefault2()
    $state.ImportPSModule((Get-ModuleUnderTest))
    $runspace = $PSHost ? [runspacefactory]::CreateRunspace($PSHost, $state) : [runspacefactory]::CreateRunspace($state)
    $runspace.Open()
    $runspace
}

<#
.SYNOPSIS
    Runs a script block in a pwsh process of its own, without profile, input or prompts.
.PARAMETER Arguments
    Texts for the script block's parameters.
.PARAMETER Environment
    Environment variables to set; $null takes one away.
.OUTPUTS
    ExitCode, Output (the lines of stdout), Errors (the text of stderr).
#>
function Invoke-InFreshPwsh {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory, Position = 0)] [scriptblock] $Script,
        [string[]] $Arguments = @(),
        [hashtable] $Environment = @{},
        [int] $TimeoutSec = 120
    )

    $file = Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-$([guid]::NewGuid().ToString('n')).ps1"
    Set-Content -LiteralPath $file -Value $Script.ToString() -Encoding utf8BOM
    try {
        $start = [System.Diagnostics.ProcessStartInfo]::new((Join-Path $PSHOME 'pwsh'))
        @('-NoProfile', '-NonInteractive', '-File', $file) + $Arguments | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        $start.Environment['NO_COLOR'] = '1'
        $start.Environment['POWERSHELL_TELEMETRY_OPTOUT'] = '1'
        $start.Environment['POWERSHELL_UPDATECHECK'] = 'Off'
        foreach ($name in $Environment.Keys) {
            $start.Environment[$name] = $Environment[$name]
        }

        $process = [System.Diagnostics.Process]::Start($start)
        $process.StandardInput.Close()
        $output = $process.StandardOutput.ReadToEndAsync()
        $errors = $process.StandardError.ReadToEndAsync()
        if (-not $process.WaitForExit($TimeoutSec * 1000)) {
            $process.Kill($true)
            throw "The script did not end within $TimeoutSec s: $($output.GetAwaiter().GetResult())"
        }

        [pscustomobject]@{
            ExitCode = $process.ExitCode
            Output   = @($output.GetAwaiter().GetResult() -split '\r?\n' | Where-Object { $_ -ne '' })
            Errors   = $errors.GetAwaiter().GetResult()
        }
    }
    finally {
        Remove-Item -LiteralPath $file
    }
}

<#
.SYNOPSIS
    The text of a snapshot; with PSBATCHEXPORTS_UPDATE_SNAPSHOTS=1 it is replaced first by what is shown now.
.PARAMETER Name
    The file's name in Snapshots, without .txt.
.PARAMETER Screen
    What is shown now.
#>
function Get-Snapshot {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string] $Screen)

    $file = Join-Path $script:Root "tests/Pester/Snapshots/$Name.txt"
    if ($env:PSBATCHEXPORTS_UPDATE_SNAPSHOTS -eq '1') {
        Set-Content -LiteralPath $file -Value $Screen -NoNewline -Encoding utf8
    }
    (Get-Content -LiteralPath $file -Raw) -replace '\r\n', "`n"
}

# Whatever a suite forgot to stop ends with the module.
$ExecutionContext.SessionState.Module.OnRemove = { Stop-Emulator }

Export-ModuleMember -Function @(
    'Add-EmulatorExport', 'Add-EmulatorFault', 'Add-EmulatorKey', 'Add-EmulatorLog', 'Add-EmulatorScheduledRun'
    'Clear-EmulatorFault', 'Clear-EmulatorRequest', 'Connect-Emulator'
    'Get-EmulatorConnectionCount', 'Get-EmulatorRequest', 'Get-EmulatorTraffic', 'Get-ModuleUnderTest', 'Get-Snapshot'
    'Invoke-InFreshPwsh', 'Invoke-Watched', 'New-ScriptedHost', 'New-TestRunspace'
    'Reset-Emulator', 'Set-EmulatorRun', 'Set-EmulatorRunError', 'Set-EmulatorSwitch', 'Start-Emulator', 'Stop-Emulator', 'Wait-Until'
)
