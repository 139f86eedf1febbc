<#
.SYNOPSIS
    Exports two hours of events in every kind of file, saves them, and writes the texts for other programs to a folder.
.DESCRIPTION
    Connects with the environment variables of the module. Prints a run whose files are to be shared:
    its id, the number of its files and the number of its rows.
#>
param(
    [Parameter(Mandatory)] [string] $Folder
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module PSBatchExports

$kinds = [ordered]@{
    'plain' = @{ Format = 'JSONLines' }
    'gzip'  = @{ Format = 'JSONLines'; Compression = 'gzip' }
    'br'    = @{ Format = 'JSONLines'; Compression = 'brotli' }
}
$shared = $null
foreach ($kind in $kinds.Keys) {
    $with = $kinds[$kind]
    $runs = '2026-11-01', '2026-11-02' |
        ForEach-Object { Start-BatchExportRun events -DataIntervalStart $_ -DataIntervalEnd "${_}T01:00Z" @with -MaxFileSizeMB 1 } |
        Wait-BatchExportRun
    $saved = @($runs | Save-BatchExportFile (Join-Path $Folder "lake [$kind]") -GroupByRun)
    $listed = @($runs | Get-BatchExportFile -IncludeUrl)
    if ($kind -ne 'br') {
        $saved | Export-BatchExportManifest -As Dask -Path (Join-Path $Folder "$kind-saved.py")
        $listed | Export-BatchExportManifest -As Dask -Path (Join-Path $Folder "$kind-url.py")
    }

    if ($kind -ne 'plain') {
        $saved | Export-BatchExportManifest -As Dask -Expand -Path (Join-Path $Folder "$kind-expanded.py")
    }
    else {
        $shared ??= $runs[0]
    }

    $listed | Export-BatchExportManifest -As Curl -Path (Join-Path $Folder "$kind.curl")
    $listed | Export-BatchExportManifest -As Aria2 -Path (Join-Path $Folder "$kind.aria2")
    $listed | Export-BatchExportManifest -As UrlList -Path (Join-Path $Folder "$kind.urls")
}

"$($shared.RunId) $($shared.Files.Count) $($shared.RecordsCompleted)"
