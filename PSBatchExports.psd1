@{
    NestedModules        = @('lib/PSBatchExports.Loader.dll', 'lib/PSBatchExports.dll')
    ModuleVersion        = '0.1.0'
    GUID                 = '3d0b7c52-6f0e-4c35-9a58-8a4a2d1f7e60'
    Author               = 'The PSBatchExports authors'
    CompanyName          = 'The PSBatchExports authors'
    Copyright            = '(c) the PSBatchExports authors. MIT licence.'
    Description          = 'Cmdlets for PostHog batch exports: scheduled exports and their runs, backfills, destinations, on-demand runs and their downloaded files, and logs. Not made or endorsed by PostHog.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/PSBatchExports.Format.ps1xml')
    TypesToProcess       = @('module/PSBatchExports.Types.ps1xml')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    CmdletsToExport      = @(
        'Compare-BatchExportConfiguration'
        'Connect-BatchExportService'
        'Copy-BatchExport'
        'Disconnect-BatchExportService'
        'Export-BatchExportConfiguration'
        'Export-BatchExportManifest'
        'Export-BatchExportReport'
        'Find-BatchExportGap'
        'Get-BatchExport'
        'Get-BatchExportBackfill'
        'Get-BatchExportConnection'
        'Get-BatchExportCoverage'
        'Get-BatchExportFile'
        'Get-BatchExportHealth'
        'Get-BatchExportIntegration'
        'Get-BatchExportLedger'
        'Get-BatchExportLog'
        'Get-BatchExportProject'
        'Get-BatchExportRun'
        'Measure-BatchExportQuery'
        'New-BatchExport'
        'New-BatchExportDestination'
        'Remove-BatchExport'
        'Repair-BatchExportGap'
        'Restart-BatchExportRun'
        'Resume-BatchExport'
        'Save-BatchExportFile'
        'Save-BatchExportRange'
        'Set-BatchExport'
        'Start-BatchExportBackfill'
        'Start-BatchExportRun'
        'Stop-BatchExportBackfill'
        'Stop-BatchExportRun'
        'Suspend-BatchExport'
        'Switch-BatchExportIntegration'
        'Sync-BatchExportConfiguration'
        'Test-BatchExport'
        'Test-BatchExportFile'
        'Wait-BatchExportBackfill'
        'Wait-BatchExportData'
        'Wait-BatchExportRun'
    )
    PrivateData          = @{
        PSData = @{
            # What follows the hyphen in the version of a prerelease, such as rc1.
            Prerelease   = ''
            # PostHog's page on what the cmdlets are for, until the project has a public page of its own.
            ProjectUri   = 'https://posthog.com/docs/data-pipelines/batch-exports'
            LicenseUri   = 'https://spdx.org/licenses/MIT.html'
            # docs/images/icon.svg, because it is at no public address yet.
            IconUri      = 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAxMjggMTI4IiB3aWR0aD0iMTI4IiBoZWlnaHQ9IjEyOCI+CiAgPHJlY3Qgd2lkdGg9IjEyOCIgaGVpZ2h0PSIxMjgiIHJ4PSIyNCIgZmlsbD0iIzFkMmI0ZiIvPgogIDxwYXRoIGQ9Ik0yMiAzMCBMNDYgNTAgTDIyIDcwIiBmaWxsPSJub25lIiBzdHJva2U9IiNmNWY3ZmYiIHN0cm9rZS13aWR0aD0iMTEiIHN0cm9rZS1saW5lY2FwPSJyb3VuZCIgc3Ryb2tlLWxpbmVqb2luPSJyb3VuZCIvPgogIDxwYXRoIGQ9Ik04MiAyMiBWNzIgTTYyIDU0IEw4MiA3NCBMMTAyIDU0IiBmaWxsPSJub25lIiBzdHJva2U9IiNmZmIyMzgiIHN0cm9rZS13aWR0aD0iMTEiIHN0cm9rZS1saW5lY2FwPSJyb3VuZCIgc3Ryb2tlLWxpbmVqb2luPSJyb3VuZCIvPgogIDxnIGZpbGw9IiNmNWY3ZmYiPgogICAgPHJlY3QgeD0iMjIiIHk9IjkwIiB3aWR0aD0iODQiIGhlaWdodD0iOSIgcng9IjQuNSIvPgogICAgPHJlY3QgeD0iMjIiIHk9IjEwNSIgd2lkdGg9IjU2IiBoZWlnaHQ9IjkiIHJ4PSI0LjUiIG9wYWNpdHk9Ii42Ii8+CiAgPC9nPgo8L3N2Zz4K'
            Tags         = @('PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'PostHog', 'Analytics', 'BatchExport', 'BatchExports', 'DataExport', 'ETL', 'S3', 'Snowflake', 'BigQuery', 'Parquet')
            ReleaseNotes = 'First release: cmdlets for every endpoint of PostHog batch exports. It is precompiled for PowerShell 7.6 on Linux and Windows (x64); elsewhere it is compiled at first use. See CHANGELOG.md in the package for details.'
        }
    }
}
