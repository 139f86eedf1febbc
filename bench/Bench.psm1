<#
    Shared by the benchmarks: measures processes, serves files, computes medians and formats tables. Linux only: reads /proc and uses
    GNU time.
#>

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$env:POWERSHELL_TELEMETRY_OPTOUT = '1'
$env:POWERSHELL_UPDATECHECK = 'Off'
$env:NO_COLOR = '1'
$env:NO_PROXY = '127.0.0.1'

$script:Root = Split-Path -Path $PSScriptRoot -Parent
$script:Api = '/api/projects/1/file_download_batch_exports'

<#
.SYNOPSIS
    Returns the module to measure: PSBATCHEXPORTS_MODULE, or the one of the source tree.
#>
function Get-MeasuredModule {
    [CmdletBinding()]
    [OutputType([string])]
    param()

    $env:PSBATCHEXPORTS_MODULE ? $env:PSBATCHEXPORTS_MODULE : (Join-Path $script:Root 'PSBatchExports.psd1')
}

<#
.SYNOPSIS
    Returns the path of a program of this project.
#>
function Get-Program {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [string] $Folder, [Parameter(Mandatory)] [string] $Name)

    $program = Get-Item -Path (Join-Path $script:Root "$Folder/bin/Release/net8.0/$Name.dll") -ErrorAction Ignore
    if (-not $program) {
        throw "$Name is not built: run 'dotnet build --configuration Release'."
    }
    $program.FullName
}

<#
.SYNOPSIS
    Throws if a command is not installed.
#>
function Assert-Command {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [string[]] $Name)

    $missing = @($Name | Where-Object { -not (Get-Command -Name $_ -CommandType Application -ErrorAction Ignore) })
    if ($missing.Count -gt 0) {
        throw "Not installed: $($missing -join ', '). bench/README.md says what is needed."
    }
}

<#
.SYNOPSIS
    Runs a program and measures it.
.OUTPUTS
    Wall and Cpu (user and system) in seconds, Peak (resident memory) in MiB, Output (the lines of stdout).
#>
function Measure-Program {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory)] [string] $Program,
        [string[]] $Arguments = @()
    )

    $costs = [System.IO.Path]::GetTempFileName()
    try {
        $start = [System.Diagnostics.ProcessStartInfo]::new('/usr/bin/time')
        @('--format', '%U %S %M', '--output', $costs, $Program) + $Arguments | ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true

        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $process = [System.Diagnostics.Process]::Start($start)
        $output = $process.StandardOutput.ReadToEndAsync()
        $errors = $process.StandardError.ReadToEndAsync()
        $process.WaitForExit()
        $wall = $clock.Elapsed.TotalSeconds

        if ($process.ExitCode -ne 0) {
            throw "$Program ended with exit code $($process.ExitCode): $($errors.GetAwaiter().GetResult())"
        }
        $user, $system, $peak = (Get-Content -LiteralPath $costs -Tail 1) -split ' '
        [pscustomobject]@{
            Wall   = $wall
            Cpu    = [double] $user + [double] $system
            Peak   = [double] $peak / 1024
            Output = @($output.GetAwaiter().GetResult() -split '\r?\n' | Where-Object { $_ -ne '' })
        }
    }
    finally {
        Remove-Item -LiteralPath $costs
    }
}

<#
.SYNOPSIS
    Runs a command in a new pwsh process and measures it.
.PARAMETER Before
    Runs before the command and is not part of its time.
.OUTPUTS
    The output of Measure-Program, and Command: the seconds of the command alone.
#>
function Measure-Pwsh {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [AllowEmptyString()] [string] $Command, [string] $Before = '')

    $script = Join-Path ([System.IO.Path]::GetTempPath()) "psbatchexports-bench-$([guid]::NewGuid().ToString('n')).ps1"
    Set-Content -LiteralPath $script -Value @"
`$ErrorActionPreference = 'Stop'
$Before
`$clock = [System.Diagnostics.Stopwatch]::StartNew()
$Command
`$clock.Elapsed.TotalSeconds.ToString([cultureinfo]::InvariantCulture)
"@
    try {
        $measured = Measure-Program -Program (Join-Path $PSHOME 'pwsh') -Arguments '-NoProfile', '-NonInteractive', '-File', $script
        $measured | Add-Member -NotePropertyName Command -NotePropertyValue ([double] $measured.Output[-1]) -PassThru
    }
    finally {
        Remove-Item -LiteralPath $script
    }
}

<#
.SYNOPSIS
    Waits until the processors are 80 % idle for half a second; warns and continues after twenty seconds.
#>
function Wait-IdleProcessor {
    [CmdletBinding()]
    param()

    foreach ($attempt in 1..40) {
        $before = Get-ProcessorTime
        Start-Sleep -Milliseconds 500
        $after = Get-ProcessorTime
        if ($after.Idle - $before.Idle -ge 0.8 * ($after.All - $before.All)) {
            return
        }
    }
    Write-Warning 'The machine is busy; measurements may be off.'
}

function Get-ProcessorTime {
    $ticks = [long[]] (((Get-Content -LiteralPath /proc/stat -TotalCount 1) -replace '^cpu +') -split ' ')
    [pscustomobject]@{ Idle = $ticks[3] + $ticks[4]; All = ($ticks[0..7] | Measure-Object -Sum).Sum }
}

<#
.SYNOPSIS
    Returns the median of numbers.
#>
function Get-Median {
    [CmdletBinding()]
    [OutputType([double])]
    param([Parameter(Mandatory)] [double[]] $Number)

    $sorted = @($Number | Sort-Object)
    ($sorted[[math]::Floor(($sorted.Count - 1) / 2)] + $sorted[[math]::Floor($sorted.Count / 2)]) / 2
}

<#
.SYNOPSIS
    Returns the median, minimum and maximum of each property of several measurements.
#>
function Get-Summary {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [object[]] $Measured)

    $summary = [ordered]@{}
    foreach ($name in 'Command', 'Wall', 'Cpu', 'Peak') {
        $numbers = @($Measured | Where-Object { $_.PSObject.Properties[$name] } | ForEach-Object $name)
        $summary[$name] = $numbers.Count -gt 0 ? (Get-Median -Number $numbers) : $null
        $summary["${name}Range"] = $numbers.Count -gt 0 ? ($numbers | Measure-Object -Minimum -Maximum) : $null
    }
    [pscustomobject] $summary
}

<#
.SYNOPSIS
    Formats a number with the invariant culture; null as a dash.
#>
function Format-Number {
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [object] $Number, [string] $Format = '0.00')

    $null -eq $Number ? '-' : ([double] $Number).ToString($Format, [cultureinfo]::InvariantCulture)
}

<#
.SYNOPSIS
    Formats objects as a Markdown table with aligned columns.
#>
function Format-Markdown {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [object[]] $Row)

    $names = @($Row[0].PSObject.Properties.Name)
    $widths = @{}
    foreach ($name in $names) {
        $widths[$name] = (@($name) + @($Row | ForEach-Object { [string] $_.$name }) | Measure-Object -Property Length -Maximum).Maximum
    }
    "| $(($names | ForEach-Object { $_.PadRight($widths[$_]) }) -join ' | ') |"
    "|$(($names | ForEach-Object { '-' * ($widths[$_] + 2) }) -join '|')|"
    foreach ($item in $Row) {
        "| $(($names | ForEach-Object { ([string] $item.$_).PadRight($widths[$_]) }) -join ' | ') |"
    }
}

<#
.SYNOPSIS
    Starts nginx on free ports of 127.0.0.1: as a storage with entity tags like those of S3, and with the two responses of the service that
    refer to a run's files there.
.PARAMETER Folder
    The folder for the server and its files.
.PARAMETER Set
    The sets of files: Name, Count and Length of each. Set 'x' is served as run 'x-fast', unthrottled, and as run 'x-slow', at 40 MiB/s a
    connection.
.OUTPUTS
    Origin, Folder, Process.
#>
function Open-FileServer {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [string] $Folder, [Parameter(Mandatory)] [object[]] $Set)

    # The API and the storage have different origins, as in production.
    $listeners = 1..2 | ForEach-Object { [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0) }
    $listeners.Start()
    $port, $storagePort = $listeners.LocalEndpoint.Port
    $listeners.Stop()
    $signature = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-Signature=0000'

    $locations = foreach ($item in $Set) {
        $files = Write-File -Folder (Join-Path $Folder "files/$($item.Name)") -Count $item.Count -Length $item.Length
        foreach ($speed in 'fast', 'slow') {
            $run = "$script:Api/$($item.Name)-$speed"
            $body = @{ status = 'Completed'; files = @($files.Id) } | ConvertTo-Json -Compress
            $limit = $speed -eq 'slow' ? 'limit_rate 40m;' : ''
            $list = "$($item.Name)-$speed.json"
            Set-Content -LiteralPath (Join-Path $Folder $list) -Value $body
            "location = $run/ { root $Folder; default_type application/json; try_files /$list =404; }"
            foreach ($file in $files) {
                $path = "/$speed/$($item.Name)/$($file.Name)"
                "location = $run/download/$($file.Id)/ { return 302 'http://127.0.0.1:$storagePort${path}?$signature'; }"
                "location = $path { alias $($file.Path); add_header ETag '`"$($file.Tag)`"'; $limit }"
            }
        }
    }

    Set-Content -LiteralPath (Join-Path $Folder 'nginx.conf') -Value @"
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 256; }
http {
    access_log off;
    sendfile on;
    etag off;
    client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
    server {
        listen 127.0.0.1:$port;
        listen 127.0.0.1:$storagePort;
        $($locations -join "`n        ")
    }
}
"@

    $start = [System.Diagnostics.ProcessStartInfo]::new('nginx')
    '-p', $Folder, '-e', 'stderr', '-c', 'nginx.conf' | ForEach-Object { $start.ArgumentList.Add($_) }
    $process = [System.Diagnostics.Process]::Start($start)
    $server = [pscustomobject]@{ Origin = "http://127.0.0.1:$port"; Folder = $Folder; Process = $process }
    foreach ($attempt in 1..50) {
        if ($process.HasExited) {
            throw "nginx ended with exit code $($process.ExitCode)."
        }
        $client = [System.Net.Sockets.TcpClient]::new()
        try {
            $client.Connect([System.Net.IPAddress]::Loopback, $port)
            return $server
        }
        catch [System.Net.Sockets.SocketException] {
            Start-Sleep -Milliseconds 100
        }
        finally {
            $client.Dispose()
        }
    }
    Close-FileServer -Server $server
    throw 'nginx did not start.'
}

function Write-File {
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        'PSAvoidUsingBrokenHashAlgorithms', '', Justification = 'The entity tags of S3 are MD5.')]
    param([string] $Folder, [int] $Count, [long] $Length)

    $null = New-Item -ItemType Directory -Path $Folder
    foreach ($number in 0..($Count - 1)) {
        $path = Join-Path $Folder ('part-{0:00}.bin' -f $number)
        head -c $Length /dev/urandom > $path
        # What begins with < could be a proxy's page.
        $stream = [System.IO.File]::OpenWrite($path)
        $stream.WriteByte([byte][char] '{')
        $stream.Dispose()
        [pscustomobject]@{
            Id   = Format-FileId -Number $number
            Name = Split-Path -Path $path -Leaf
            Path = $path
            Tag  = Get-MultipartTag -Path $path
        }
    }
}

function Format-FileId {
    [OutputType([string])]
    param([int] $Number)

    '00000000-0000-4000-8000-{0:d12}' -f $Number
}

# The service uploads every object in parts of 50 MiB.
function Get-MultipartTag {
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        'PSAvoidUsingBrokenHashAlgorithms', '', Justification = 'The entity tags of S3 are MD5.')]
    [OutputType([string])]
    param([string] $Path)

    $part = [byte[]]::new(50MB)
    $digests = [System.Collections.Generic.List[byte]]::new()
    $md5 = [System.Security.Cryptography.MD5]::Create()
    $content = [System.IO.File]::OpenRead($Path)
    try {
        while (($read = $content.ReadAtLeast($part, $part.Length, $false)) -gt 0) {
            $digests.AddRange($md5.ComputeHash($part, 0, $read))
        }
        $tag = [System.Convert]::ToHexString($md5.ComputeHash($digests.ToArray())).ToLowerInvariant()
    }
    finally {
        $content.Dispose()
        $md5.Dispose()
    }
    "$tag-$($digests.Count / 16)"
}

<#
.SYNOPSIS
    Stops the server that Open-FileServer started.
#>
function Close-FileServer {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [pscustomobject] $Server)

    if (-not $Server.Process.HasExited) {
        $Server.Process.Kill($true)
        $null = $Server.Process.WaitForExit(10000)
    }
    $Server.Process.Dispose()
}

<#
.SYNOPSIS
    Returns the addresses of a run's files.
.PARAMETER Run
    The run, such as 'x-fast'.
#>
function Get-FileAddress {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [pscustomobject] $Server, [Parameter(Mandatory)] [string] $Run)

    $name, $speed = $Run -split '-'
    Get-ChildItem -LiteralPath (Join-Path $Server.Folder "files/$name") |
        Sort-Object -Property Name |
        ForEach-Object { "$($Server.Origin)/$speed/$name/$($_.Name)" }
}

<#
.SYNOPSIS
    Returns the ids of a run's files. Given ids, Save-BatchExportFile does not wait until the file list is complete.
#>
function Get-FileId {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [pscustomobject] $Server, [Parameter(Mandatory)] [string] $Run)

    $count = @(Get-FileAddress -Server $Server -Run $Run).Count
    0..($count - 1) | ForEach-Object { Format-FileId -Number $_ }
}

<#
.SYNOPSIS
    Throws if the files in a folder differ from those of the server in name or length, or with -Content in content.
#>
function Assert-SameFile {
    [System.Diagnostics.CodeAnalysis.SuppressMessage('PSReviewUnusedParameter', '', Justification = 'Used in a script block.')]
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [pscustomobject] $Server,
        [Parameter(Mandatory)] [string] $Run,
        [Parameter(Mandatory)] [string] $Folder,
        [switch] $Content
    )

    $describe = { "$($_.Name) $($_.Length)$($Content ? " $((Get-FileHash -LiteralPath $_.FullName).Hash)" : '')" }
    $source = Join-Path $Server.Folder "files/$(($Run -split '-')[0])"
    $expected = Get-ChildItem -LiteralPath $source -Force | Sort-Object -Property Name | ForEach-Object $describe
    $found = Get-ChildItem -LiteralPath $Folder -Force | Sort-Object -Property Name | ForEach-Object $describe
    if (Compare-Object -ReferenceObject @($expected) -DifferenceObject @($found)) {
        throw "The files of $Run are not what the server has: $($found -join ', ')."
    }
}

<#
.SYNOPSIS
    Measures the tools in turn, for several rounds, so that changes in the speed of the machine affect all of them.
.PARAMETER Tool
    Name, and Measure: a script block that returns the output of Measure-Program or Measure-Pwsh.
.OUTPUTS
    The summary of each tool, with its name.
#>
function Measure-Interleaved {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory)] [object[]] $Tool,
        [Parameter(Mandatory)] [int] $Rounds
    )

    $measured = @{}
    foreach ($item in $Tool) {
        $measured[$item.Name] = [System.Collections.Generic.List[object]]::new()
    }
    foreach ($round in 1..$Rounds) {
        foreach ($item in $Tool) {
            Wait-IdleProcessor
            $one = & $item.Measure
            $measured[$item.Name].Add($one)
            Write-Information -InformationAction Continue -MessageData "round $round, $($item.Name): $(Format-Number $one.Wall '0.000') s"
        }
    }
    foreach ($item in $Tool) {
        Get-Summary -Measured $measured[$item.Name] | Add-Member -NotePropertyName Name -NotePropertyValue $item.Name -PassThru
    }
}

<#
.SYNOPSIS
    Measures tools that download a run's files. Each writes to an empty folder, which is checked, deleted and synced before the next one.
#>
function Measure-Download {
    [System.Diagnostics.CodeAnalysis.SuppressMessage('PSReviewUnusedParameter', '', Justification = 'Used in a script block.')]
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory)] [pscustomobject] $Server,
        [Parameter(Mandatory)] [string] $Run,
        [Parameter(Mandatory)] [string] $Folder,
        [Parameter(Mandatory)] [object[]] $Tool,
        [Parameter(Mandatory)] [int] $Rounds
    )

    $known = @{}
    $clean = foreach ($item in $Tool) {
        $name, $measure = $item.Name, $item.Measure
        @{
            Name    = $name
            Measure = {
                $null = New-Item -ItemType Directory -Path $Folder
                try {
                    & $measure
                    Assert-SameFile -Server $Server -Run $Run -Folder $Folder -Content:(-not $known[$name])
                    $known[$name] = $true
                }
                finally {
                    Remove-Item -LiteralPath $Folder -Recurse -Force
                    sync
                }
            }.GetNewClosure()
        }
    }
    Measure-Interleaved -Tool $clean -Rounds $Rounds
}

Export-ModuleMember -Function @(
    'Assert-Command', 'Assert-SameFile', 'Close-FileServer', 'Format-Markdown', 'Format-Number', 'Get-FileAddress', 'Get-FileId',
    'Get-MeasuredModule', 'Get-Median', 'Get-Program', 'Get-Summary', 'Measure-Download', 'Measure-Program', 'Measure-Pwsh', 'Measure-Interleaved', 'Open-FileServer'
)
