[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
param()

BeforeDiscovery {
    # The config keys of each type as the service documents them: ! is required, * is secret.
    $keys = @{
        AwsS3        = 'bucket_name! region! prefix! compression file_format max_file_size_mb legacy_parquet_extension ' +
            'encryption kms_key_id'
        S3Compatible = 'bucket_name! region! prefix! compression file_format max_file_size_mb legacy_parquet_extension ' +
            'use_virtual_style_addressing'
        AzureBlob    = 'container_name! prefix compression file_format max_file_size_mb legacy_parquet_extension'
        Snowflake    = 'database! warehouse! schema! table_name role account user* authentication_type password* ' +
            'private_key* private_key_passphrase*'
        Postgres     = 'database! schema table_name has_self_signed_cert user* password* host port'
        Redshift     = 'database! schema table_name port properties_data_type mode copy_inputs host user* password*'
        BigQuery     = 'dataset_id! table_id use_json_type project_id private_key* private_key_id* token_uri* client_email*'
        Databricks   = 'http_path! catalog! schema! table_name! use_variant_type use_automatic_schema_evolution'
        Http         = 'url! token!*'
    }
    $sets = foreach ($set in $keys.Keys) {
        @{
            Set  = $set
            Keys = @(foreach ($key in $keys[$set].Split(' ') + 'include_events', 'exclude_events') {
                    @{ Name = $key.TrimEnd('!', '*') -replace '_'; IsRequired = $key -match '!'; IsSecret = $key -match '\*' }
                })
        }
    }

    # One of each type, what it is on the wire, and one key to change; Resends where the server wants the integration named again.
    $types = @(
        @{
            Type = 'AwsS3'; Integration = 731; Change = @{ prefix = 'other' }
            Parameters = @{
                AwsS3         = $true
                BucketName    = 'b'
                Region        = 'r'
                Prefix        = 'p'
                FileFormat    = 'parquet'
                Compression   = 'ZSTD'
                MaxFileSizeMB = 5
                Encryption    = 'AES256'
                IncludeEvents = 'a', 'b'
            }
            Config = @{
                bucket_name      = 'b'
                region           = 'r'
                prefix           = 'p'
                file_format      = 'Parquet'
                compression      = 'zstd'
                max_file_size_mb = 5
                encryption       = 'AES256'
                include_events   = @('a', 'b')
            }
        }
        @{
            Type = 'S3Compatible'; Integration = 732; Change = @{ compression = 'gzip' }
            Parameters = @{
                S3Compatible              = $true
                BucketName                = 'b'
                Region                    = 'auto'
                Prefix                    = 'p'
                UseVirtualStyleAddressing = $true
                ExcludeEvents             = 'a'
            }
            Config = @{ bucket_name = 'b'; region = 'auto'; prefix = 'p'; use_virtual_style_addressing = $true; exclude_events = @('a') }
        }
        @{
            Type = 'AzureBlob'; Integration = 966; Resends = $true; Change = @{ max_file_size_mb = 7 }
            Parameters = @{ AzureBlob = $true; ContainerName = 'c' }
            Config = @{ container_name = 'c' }
        }
        @{
            Type = 'Snowflake'; Integration = 802; Change = @{ role = 'LOADER' }
            Parameters = @{ Snowflake = $true; Database = 'd'; Warehouse = 'w'; Schema = 's'; TableName = 't' }
            Config = @{ database = 'd'; warehouse = 'w'; schema = 's'; table_name = 't' }
        }
        @{
            Type = 'Postgres'; Integration = 811; Change = @{ table_name = 'other' }
            Parameters = @{ Postgres = $true; Database = 'd'; HasSelfSignedCert = $true }
            Config = @{ database = 'd'; has_self_signed_cert = $true }
        }
        @{
            Type = 'Redshift'; Integration = 640; Resends = $true; Change = @{ properties_data_type = 'super' }
            Parameters = @{ Redshift = $true; Database = 'd'; Port = 5440; Mode = 'insert' }
            Config = @{ database = 'd'; port = 5440; mode = 'INSERT' }
        }
        @{
            Type = 'BigQuery'; Integration = 915; Resends = $true; Change = @{ table_id = 'other' }
            Parameters = @{ BigQuery = $true; DatasetId = 'd'; UseJsonType = 'true' }
            Config = @{ dataset_id = 'd'; use_json_type = $true }
        }
        @{
            Type = 'Databricks'; Integration = 950; Resends = $true; Change = @{ use_variant_type = $false }
            Parameters = @{
                Databricks                  = $true
                HttpPath                    = '/sql/1.0/warehouses/a'
                Catalog                     = 'c'
                Schema                      = 's'
                TableName                   = 't'
                UseAutomaticSchemaEvolution = $false
            }
            Config = @{
                http_path                      = '/sql/1.0/warehouses/a'
                catalog                        = 'c'
                schema                         = 's'
                table_name                     = 't'
                use_automatic_schema_evolution = $false
            }
        }
        @{
            Type = 'HTTP'; Change = @{ url = 'https://us.i.posthog.com/batch/' }
            Parameters = @{
                Http  = $true
                Url   = 'https://eu.i.posthog.com/batch/'
                Token = [System.Net.NetworkCredential]::new('', 'phc_target').SecurePassword
            }
            Config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' }; Hidden = 'token'
        }
    )
}

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '0'
    Connect-Emulator
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters

    function Get-SentBody([string] $Method) {
        (Get-EmulatorRequest | Where-Object method -EQ $Method | Select-Object -Last 1).body | ConvertFrom-Json -AsHashtable
    }

    function ConvertTo-SortedJson([System.Collections.IDictionary] $Values) {
        $sorted = [ordered]@{}
        foreach ($name in $Values.Keys | Sort-Object) {
            $sorted[$name] = $Values[$name]
        }
        $sorted | ConvertTo-Json -Depth 5 -Compress
    }

    function New-Secret([string] $Text) {
        [System.Net.NetworkCredential]::new('', $Text).SecurePassword
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'New-BatchExportDestination' {
    It 'has the documented keys of <Set>, mandatory where required and secure where secret' -ForEach $sets {
        $documented = (Get-Command New-BatchExportDestination).ParameterSets | Where-Object Name -EQ $Set
        $offered = $documented.Parameters | Where-Object { $_.Name -notin $common -and $_.Name -notin $Set, 'IntegrationId' }
        $offered.Name | Sort-Object | Should -Be ($Keys.Name | Sort-Object)
        ($offered | Where-Object IsMandatory).Name | Sort-Object |
            Should -Be @($Keys | Where-Object IsRequired | ForEach-Object Name | Sort-Object)
        @($offered | Where-Object ParameterType -EQ ([securestring]) | ForEach-Object Name | Sort-Object) |
            Should -Be @($Keys | Where-Object IsSecret | ForEach-Object Name | Sort-Object)
        ($documented.Parameters | Where-Object Name -EQ $Set).IsMandatory | Should -BeTrue
    }

    It 'has -IntegrationId for <Type> if the type supports it' -ForEach $types {
        $set = (Get-Command New-BatchExportDestination).ParameterSets | Where-Object Name -EQ $Type
        [bool] ($set.Parameters | Where-Object Name -EQ IntegrationId) | Should -Be ([bool] $Integration)
    }

    It 'refuses <_> without an integration or credentials' -ForEach @(
        { New-BatchExportDestination -Snowflake -Database d -Warehouse w -Schema s }
        { New-BatchExportDestination -Postgres -Database d }
        { New-BatchExportDestination -Redshift -Database d }
        { New-BatchExportDestination -BigQuery -DatasetId d }
    ) {
        (Invoke-Watched $_).Terminating.FullyQualifiedErrorId | Should -BeLike 'IntegrationMissing,*'
    }

    It 'refuses a switch that is false' {
        $seen = Invoke-Watched { New-BatchExportDestination -AwsS3:$false -BucketName b -Region r -Prefix p -IntegrationId 1 }
        $seen.Output | Should -BeNullOrEmpty
        $seen.Terminating.FullyQualifiedErrorId | Should -BeLike 'SwitchIsFalse,*'
        $seen.Terminating.CategoryInfo.Category | Should -Be InvalidArgument
    }

    It 'refuses two types at once, and keys of another type' {
        (Invoke-Watched { New-BatchExportDestination -Http -Snowflake -Url u }).Terminating.FullyQualifiedErrorId |
            Should -BeLike 'AmbiguousParameterSet,*'
        (Invoke-Watched {
            New-BatchExportDestination -AzureBlob -ContainerName c -IntegrationId 1 -BucketName b
        }).Terminating.FullyQualifiedErrorId | Should -BeLike 'AmbiguousParameterSet,*'
    }
}

Describe 'Format and compression' {
    It '<Format> with <Compression>: works is <Works>' -ForEach @(
        foreach ($pair in @(
                @{ Format = 'Parquet'; Good = 'zstd', 'lz4', 'snappy', 'gzip', 'brotli'; Bad = @() }
                @{ Format = 'JSONLines'; Good = 'gzip', 'brotli'; Bad = 'zstd', 'lz4', 'snappy' }
                @{ Format = $null; Good = 'gzip', 'brotli'; Bad = 'zstd', 'lz4', 'snappy' }
                @{ Format = 'Later'; Good = 'zstd', 'later'; Bad = @() }
            )) {
            $pair.Good | ForEach-Object { @{ Format = $pair.Format; Compression = $_; Works = $true } }
            $pair.Bad | ForEach-Object { @{ Format = $pair.Format; Compression = $_; Works = $false } }
        }
    ) {
        $chosen = $Format ? @{ FileFormat = $Format } : @{}
        $seen = Invoke-Watched {
            New-BatchExportDestination -AzureBlob -ContainerName c -IntegrationId 966 -Compression $Compression @chosen
        }
        [bool] $seen.Output | Should -Be $Works
        if (-not $Works) {
            $seen.Terminating.CategoryInfo.Category | Should -Be InvalidArgument
            "$($seen.Terminating)" | Should -BeLike '*gzip, brotli*'
        }
    }

    It 'are checked by the generic set when both are named' {
        (Invoke-Watched { New-BatchExportDestination AwsS3 @{ file_format = 'JSONLines'; compression = 'zstd' } }).Terminating |
            Should -Not -BeNullOrEmpty
        (New-BatchExportDestination AwsS3 @{ compression = 'zstd' }).Config.compression | Should -Be zstd
    }
}

Describe 'A destination of type <Type>' -ForEach $types {
    BeforeAll {
        Reset-Emulator
        if ($Integration) {
            $Parameters.IntegrationId = $Integration
        }
        $export = New-BatchExport -Name new -Interval hour -Destination (New-BatchExportDestination @Parameters)
        $created = (Get-SentBody POST).destination
        $export | Set-BatchExport -Destination @{ config = $Change }
        $changed = (Get-SentBody PATCH).destination
    }

    It 'is sent with its keys and its integration' {
        $created.type | Should -Be $Type
        ConvertTo-SortedJson $created.config | Should -Be (ConvertTo-SortedJson $Config)
        $created['integration'] | Should -Be $Integration
        $created.ContainsKey('integration') | Should -Be ([bool] $Integration)
    }

    It 'is read back without its secrets' {
        $read = (Get-BatchExport -Id $export.Id).Destination
        $read.Type | Should -Be $Type
        $read.Integration | Should -Be $Integration
        $expected = $Config.Clone()
        $Change.Keys | ForEach-Object { $expected[$_] = $Change[$_] }
        foreach ($key in $expected.Keys) {
            if ($key -ne $Hidden) {
                $read.Config[$key] | Should -Be $expected[$key]
            }
        }
        if ($Hidden) {
            $read.Config.Keys | Should -Not -Contain $Hidden
        }
    }

    It 'is changed in one key without sending the rest, so that secrets stay' {
        $changed.type | Should -Be $Type
        ConvertTo-SortedJson $changed.config | Should -Be (ConvertTo-SortedJson $Change)
    }

    It 'repeats its integration only when the server requires it' {
        $changed.ContainsKey('integration') | Should -Be ([bool] $Resends)
        $changed['integration'] | Should -Be ($Resends ? $Integration : $null)
    }

    It 'cannot be changed to another type' {
        $seen = Invoke-Watched { $export | Set-BatchExport -Destination @{ type = 'NoOp'; config = @{} } }
        $seen.Errors[0].CategoryInfo.Category | Should -Be InvalidArgument
        "$($seen.Errors[0])" | Should -BeLike "-Destination: Cannot change destination type from '$Type'*"
    }
}

Describe 'The generic set' {
    BeforeEach {
        Reset-Emulator
    }

    It 'sends an unknown type as written' {
        $destination = New-BatchExportDestination -Type lakeHouse -Config @{ path = 'x'; nested = @{ a = 1, 2 } } -IntegrationId 3
        $destination.Type | Should -BeExactly lakeHouse
        $null = Invoke-Watched { New-BatchExport -Name n -Interval hour -Destination $destination }
        (Get-EmulatorRequest)[-1].body |
            Should -BeLike '*"destination":{"type":"lakeHouse","config":{*"nested":{"a":`[1,2`]}*},"integration":3}*'
    }

    It 'sends null for an integration that is $null, where the other sets need one' {
        $null = Invoke-Watched {
            $destination = New-BatchExportDestination -Type Snowflake -Config @{ role = 'x' } -IntegrationId $null
            New-BatchExport -Name n -Interval hour -Destination $destination
        }
        (Get-EmulatorRequest)[-1].body | Should -BeLike '*"integration":null}*'
        (Invoke-Watched {
            New-BatchExportDestination -AwsS3 -BucketName b -Region r -Prefix p -IntegrationId $null
        }).Terminating.FullyQualifiedErrorId | Should -BeLike 'IntegrationMissing,*'
    }

    It 'accepts a known type in any case' {
        (New-BatchExportDestination bigquery @{ dataset_id = 'd' }).Type | Should -BeExactly BigQuery
    }

    It 'is equivalent to the hashtable of -Destination' {
        $destination = New-BatchExportDestination AwsS3 @{ bucket_name = 'b'; region = 'r'; prefix = 'p' } -IntegrationId 731
        $null = New-BatchExport -Name a -Interval hour -Destination $destination
        $null = New-BatchExport -Name a -Interval hour -Destination @{
            Type        = 'AwsS3'
            CONFIG      = @{ bucket_name = 'b'; region = 'r'; prefix = 'p' }
            integration = '731'
        }
        $json = '{"type":"AwsS3","config":{"bucket_name":"b","region":"r","prefix":"p"},"integration_id":731}'
        $null = New-BatchExport -Name a -Interval hour -Destination ($json | ConvertFrom-Json)
        $sent = Get-EmulatorRequest | ForEach-Object { ConvertTo-SortedJson ($_.body | ConvertFrom-Json -AsHashtable).destination.config }
        $sent | Select-Object -Unique | Should -HaveCount 1
        (Get-EmulatorRequest).statusCode | Should -Be @(201, 201, 201)
    }

    It 'sends nothing by itself' {
        $null = New-BatchExportDestination NoOp
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }
}

Describe 'Secrets' {
    BeforeEach {
        Reset-Emulator
    }

    It 'are sent in plain text, wherever they are given: <Where>' -ForEach @(
        @{
            Where = 'a parameter'
            Make  = { New-BatchExportDestination -Http -Url 'https://eu.i.posthog.com/batch/' -Token (New-Secret 'phc_hidden') }
        }
        @{
            Where = 'the hashtable of -Config'
            Make  = { New-BatchExportDestination HTTP @{ url = 'https://eu.i.posthog.com/batch/'; token = New-Secret 'phc_hidden' } }
        }
        @{
            Where = 'the hashtable of -Destination'
            Make  = { @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = New-Secret 'phc_hidden' } } }
        }
    ) {
        $destination = & $Make
        $verbose = New-BatchExport -Name n -Interval hour -Destination $destination -Verbose -Debug 4>&1 5>&1 | Out-String
        (Get-SentBody POST).destination.config.token | Should -BeExactly phc_hidden
        $verbose | Should -Not -BeLike '*phc_hidden*'
        "$destination $($destination | Out-String) $($destination | Format-List * | Out-String)" | Should -Not -BeLike '*phc_hidden*'
    }

    It 'may be nested' {
        $copy = @{
            s3_bucket          = 'b'
            region_name        = 'r'
            authorization      = @{ aws_access_key_id = New-Secret 'AK'; aws_secret_access_key = New-Secret 'SK' }
            bucket_credentials = 731
        }
        $destination = New-BatchExportDestination -Redshift -Database d -Mode COPY -CopyInputs $copy -IntegrationId 640
        $null = New-BatchExport -Name n -Interval hour -Destination $destination
        $sent = (Get-SentBody POST).destination.config.copy_inputs
        $sent.authorization.aws_secret_access_key | Should -BeExactly SK
        $sent.bucket_credentials | Should -Be 731
    }

    It 'can be changed alone' {
        $destination = New-BatchExportDestination -Http -Url 'https://eu.i.posthog.com/batch/' -Token (New-Secret a)
        $export = New-BatchExport -Name n -Interval hour -Destination $destination
        $export | Set-BatchExport -Destination (New-BatchExportDestination HTTP @{ token = New-Secret 'phc_later' })
        (Get-EmulatorRequest | Where-Object method -EQ PATCH).body |
            Should -BeExactly '{"destination":{"type":"HTTP","config":{"token":"phc_later"}}}'
    }

    It 'may stand in for an integration' {
        $destination =
            New-BatchExportDestination -Postgres -Database d -Host db.example.com -Port 5433 -User (New-Secret u) -Password (New-Secret p)
        $destination.Integration | Should -BeNullOrEmpty
        $destination.Config.password | Should -BeOfType PSBatchExports.DestinationSecret
        $destination.Config.host | Should -Be db.example.com
    }
}
