@{
    RootModule           = 'lib/PSBatchExports.dll'
    NestedModules        = @('lib/PSBatchExports.Loader.dll')
    # The types file names a class of it, and is read before the root module.
    RequiredAssemblies   = @('lib/PSBatchExports.dll')
    ModuleVersion        = '0.1.0'
    GUID                 = '3d0b7c52-6f0e-4c35-9a58-8a4a2d1f7e60'
    Author               = 'The PSBatchExports authors'
    CompanyName          = 'The PSBatchExports authors'
    Copyright            = '(c) the PSBatchExports authors. MIT licence.'
    Description          = 'Cmdlets for PostHog batch exports: scheduled exports and their runs, backfills, destinations, runs on demand and their downloaded files, and logs.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/PSBatchExports.Format.ps1xml')
    TypesToProcess       = @('module/PSBatchExports.Types.ps1xml')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    CmdletsToExport      = @(
        'Connect-BatchExportService'
        'Disconnect-BatchExportService'
        'Get-BatchExport'
        'Get-BatchExportBackfill'
        'Get-BatchExportConnection'
        'Get-BatchExportFile'
        'Get-BatchExportLog'
        'Get-BatchExportRun'
        'Measure-BatchExportQuery'
        'New-BatchExport'
        'New-BatchExportDestination'
        'Remove-BatchExport'
        'Restart-BatchExportRun'
        'Resume-BatchExport'
        'Save-BatchExportFile'
        'Set-BatchExport'
        'Start-BatchExportBackfill'
        'Start-BatchExportRun'
        'Stop-BatchExportBackfill'
        'Stop-BatchExportRun'
        'Suspend-BatchExport'
        'Test-BatchExport'
        'Wait-BatchExportRun'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'PostHog', 'Analytics', 'BatchExport', 'BatchExports', 'DataExport', 'ETL', 'S3', 'Snowflake', 'BigQuery', 'Parquet')
            ReleaseNotes = 'First release: cmdlets for every endpoint of PostHog batch exports. The core is precompiled for PowerShell 7.6 on Linux and Windows (x64); elsewhere it is compiled at first use. See CHANGELOG.md in the package for details.'
        }
    }
}
