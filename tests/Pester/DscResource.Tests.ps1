<#
    The DSC resource, called as dsc 3.2 calls it: with the arguments of its manifest, compressed JSON on stdin, and states that its
    schema accepts. Where a second call is needed, it is made in this process, which saves a second.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--exports', '9'
    Connect-Emulator

    $folder = Join-Path (Split-Path -Path (Get-ModuleUnderTest) -Parent) 'dsc'
    $manifest = Get-Content -LiteralPath (Join-Path $folder 'batchexport.dsc.resource.json') -Raw | ConvertFrom-Json -AsHashtable
    $schema = $manifest.schema.embedded | ConvertTo-Json -Depth 30
    $key = $emulator.Key
    $destination = @{
        type        = 'Snowflake'
        integration = @{ kind = 'snowflake'; name = 'Warehouse loader key' }
        config      = @{ database = 'ANALYTICS'; warehouse = 'LOAD_WH'; schema = 'POSTHOG' }
    }

    function Invoke-Child([string] $Executable, [string[]] $Arguments, [string] $Json) {
        $start = [System.Diagnostics.ProcessStartInfo]::new((Join-Path $PSHOME $Executable), $Arguments)
        $start.WorkingDirectory = $folder
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        $start.StandardInputEncoding = [System.Text.UTF8Encoding]::new($false)
        $variables = @{
            POSTHOG_HOST             = $emulator.Api
            POSTHOG_PERSONAL_API_KEY = $key
            POSTHOG_PROJECT_ID       = "$($emulator.ProjectId)"
            DSC_TEST_TOKEN           = 'phc_seeded-token'
        }
        $variables.Keys | ForEach-Object { $start.Environment[$_] = $variables[$_] }

        $process = [System.Diagnostics.Process]::Start($start)
        $process.StandardInput.Write($Json)
        $process.StandardInput.Close()
        $output = $process.StandardOutput.ReadToEndAsync()
        $errors = $process.StandardError.ReadToEndAsync()
        if (-not $process.WaitForExit(120000)) {
            $process.Kill($true)
            throw 'The operation did not end within two minutes.'
        }
        $output.GetAwaiter().GetResult(), $errors.GetAwaiter().GetResult(), $process.ExitCode
    }

    function Invoke-Here([string] $Operation, [bool] $IsWhatIf, [string] $Json) {
        $previous = [System.Console]::Error
        $errors = [System.IO.StringWriter]::new()
        [System.Console]::SetError($errors)
        try {
            $output = $Json | & (Join-Path $folder 'batchexport.resource.ps1') $Operation -DryRun:$IsWhatIf
        }
        finally {
            [System.Console]::SetError($previous)
        }
        ($output -join "`n"), "$errors", $LASTEXITCODE
    }

    # What an operation answers; its states are valid for the schema, and whatever is on stderr is a trace.
    function Invoke-Resource([string] $Operation, [System.Collections.IDictionary] $Desired, [switch] $WhatIf, [switch] $Here) {
        $command = $manifest[$Operation]
        $json = $Desired ? (ConvertTo-Json $Desired -Depth 20 -Compress) : ''
        if ($json -and -not (Test-Json -Json $json -Schema $schema)) {
            throw 'dsc would refuse the input.'
        }

        $arguments = @($command.args | ForEach-Object { $_ -is [string] ? $_ : $WhatIf ? $_.whatIfArg : $null } | Where-Object { $_ })
        $output, $errors, $code = $Here `
            ? (Invoke-Here $Operation $WhatIf $json)
            : (Invoke-Child $command.executable $arguments $json)

        $lines = @($output -split '\r?\n' | Where-Object { $_ })
        $isPair = $command['return'] -eq 'stateAndDiff'
        foreach ($state in $isPair -and $lines ? $lines[0] : $Operation -eq 'delete' ? @() : $lines) {
            $null = Test-Json -Json $state -Schema $schema -ErrorAction Stop
        }
        [pscustomobject]@{
            Text   = "$output$errors"
            Lines  = $lines
            State  = $lines ? ($lines[0] | ConvertFrom-Json -AsHashtable) : $null
            Names  = $isPair -and $lines.Count -eq 2 ? @($lines[1] | ConvertFrom-Json) : $null
            Traces = @($errors -split '\r?\n' | Where-Object { $_ } | ConvertFrom-Json -AsHashtable)
            Code   = $code
        }
    }

    function Get-Write {
        Get-EmulatorRequest | Where-Object method -NE GET
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'PSBatchExports/BatchExport' {
    BeforeEach {
        Clear-EmulatorRequest
    }

    Context 'Manifest' {
        It 'has what dsc expects of a command resource' {
            $known = '$schema', 'type', 'version', 'description', 'tags', 'get', 'test', 'set', 'delete', 'export', 'exitCodes', 'schema'
            $manifest.Keys | Should -BeIn $known
            $manifest.type | Should -MatchExactly '^\w+(\.\w+){0,2}/\w+$'
            $manifest.version | Should -Be (Import-PowerShellDataFile -LiteralPath (Get-ModuleUnderTest)).ModuleVersion
            $manifest.tags | ForEach-Object { $_ | Should -Match '^\w+$' }
            $manifest.exitCodes.Keys | Should -Be '0', '1', '2', '3', '4', '5'
            foreach ($operation in 'get', 'test', 'set', 'delete', 'export') {
                $manifest[$operation].executable | Should -Be pwsh
                $manifest[$operation].input | Should -Be stdin
                Join-Path $folder $manifest[$operation].args[4] | Should -Exist
            }
            $manifest.test.return, $manifest.set.return | Should -Be stateAndDiff, stateAndDiff
            $manifest.set.handlesExist, $manifest.set.implementsPretest | Should -Be $true, $true
            $manifest.set.args[-1].whatIfArg, $manifest.delete.args[-1].whatIfArg | Should -Be '-DryRun', '-DryRun'

            # The canonical properties are references that the schema itself resolves.
            $embedded = $manifest.schema.embedded
            foreach ($property in '_exist', '_inDesiredState') {
                $reference = $embedded.properties[$property].'$ref'
                $embedded.'$defs'[$reference].'$id' | Should -Be $reference
            }
        }
    }

    Context 'get' {
        It 'writes the state of an export, or that it does not exist' {
            $found = Invoke-Resource get @{ name = 'nightly' }
            $found.Code | Should -Be 0
            $found.Lines | Should -HaveCount 1
            $found.State.interval | Should -Be hour
            $found.State.destination.config.warehouse | Should -Be LOAD_WH
            $found.State._exist | Should -BeTrue
            $found.State.Keys | Should -Not -Contain '$schema'

            (Invoke-Resource get @{ name = 'Nightly' } -Here).Lines | Should -Be '{"name":"Nightly","_exist":false}'
        }
    }

    Context 'test' {
        It 'names the properties that differ' {
            $changed = @{ name = 'nightly'; interval = 'day'; timezone = 'Europe/Berlin'; destination = $destination; _exist = $true }
            $result = Invoke-Resource test $changed
            $result.Code | Should -Be 0
            $result.State._inDesiredState | Should -BeFalse
            $result.State.interval | Should -Be hour
            $result.Names | Should -Be interval, timezone
            $result.Traces.info | Should -Be "interval: 'hour' -> 'day'", "timezone: 'UTC' -> 'Europe/Berlin'"

            $equal = Invoke-Resource test @{ name = 'nightly'; interval = 'hour'; timezone = 'UTC'; destination = $destination } -Here
            $equal.State._inDesiredState | Should -BeTrue
            $equal.Names | Should -BeNullOrEmpty

            $superfluous = Invoke-Resource test @{ name = 'nightly'; _exist = $false } -Here
            $superfluous.State._inDesiredState | Should -BeFalse
            $superfluous.Names | Should -Be _exist
            Get-Write | Should -BeNullOrEmpty
        }
    }

    Context 'set' {
        It 'predicts the state with what-if, and changes nothing' {
            $other = @{ type = 'Snowflake'; integration = $destination.integration; config = $destination.config + @{ role = 'LOADER' } }
            $desired = @{ name = 'renamed'; previousName = 'nightly'; interval = 'day'; offset_hour = 3; destination = $other }
            $result = Invoke-Resource set $desired -WhatIf
            $result.Code | Should -Be 0
            $result.Names | Should -Be name, interval, offset_hour, destination
            (Invoke-Resource set @{ name = 'nightly'; _exist = $false } -WhatIf -Here).Names | Should -Be _exist
            Get-Write | Should -BeNullOrEmpty

            $made = Invoke-Resource set $desired -Here
            $made.State.Keys | Sort-Object | Should -Be ($result.State.Keys | Sort-Object)
            foreach ($property in $made.State.Keys) {
                $predicted = ConvertTo-Json $result.State[$property] -Depth 9
                ConvertTo-Json $made.State[$property] -Depth 9 | Should -Be $predicted -Because "$property was predicted"
            }
            $back = Invoke-Resource set @{ name = 'nightly'; previousName = 'renamed'; interval = 'hour'; destination = $destination } -Here
            $back.State.name | Should -Be nightly
        }

        It 'predicts the model that a new export gets' {
            $desired = @{ name = 'foretold'; interval = 'hour'; destination = $destination }
            $result = Invoke-Resource set $desired -WhatIf -Here
            $result.State.Keys | Sort-Object | Should -Be _exist, destination, interval, model, name
            $result.State.model | Should -Be events
        }

        It 'creates an export, with a secret that no output shows' {
            $name = "n`u{e4}chtlich"
            $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'env:DSC_TEST_TOKEN' } }
            $result = Invoke-Resource set @{ name = $name; interval = 'hour'; paused = $true; destination = $http }
            $result.Code | Should -Be 0
            $result.State.name | Should -BeExactly $name
            $result.State._exist, $result.State.paused | Should -Be $true, $true
            $result.Names | Should -Contain _exist
            (Get-BatchExport $name).Paused | Should -BeTrue
            $result.Text | Should -Not -Match "phc_seeded|$key"
        }

        It 'sends nothing when nothing differs' {
            $result = Invoke-Resource set @{ name = 'nightly'; interval = 'hour'; destination = $destination } -Here
            $result.Code | Should -Be 0
            $result.State._exist | Should -BeTrue
            $result.Names | Should -BeNullOrEmpty
            Get-Write | Should -BeNullOrEmpty
        }

        It 'refuses to replace an export, and says what to do' {
            $desired = @{ name = 'nightly'; interval = 'hour'; model = 'persons'; destination = $destination }
            $result = Invoke-Resource set $desired
            $result.Code | Should -Be 4
            $result.Lines | Should -BeNullOrEmpty
            $result.Traces.error | Should -BeLike "'nightly' is not changed: *Sync-BatchExportConfiguration -AllowReplace."
            Get-Write | Should -BeNullOrEmpty

            (Invoke-Resource set $desired -WhatIf -Here).Code | Should -Be 4
        }

        It 'refuses a secret in the input without repeating it' {
            $http = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_seeded-token' } }
            $result = Invoke-Resource set @{ name = 'plain'; interval = 'hour'; destination = $http } -Here
            $result.Code | Should -Be 2
            $result.Traces | Should -HaveCount 1
            $result.Traces.error | Should -BeLike "'token' is a secret*env:NAME*"
            $result.Text | Should -Not -Match 'phc_seeded|desired\.json'
        }
    }

    Context 'delete' {
        It 'removes an export, and succeeds when there is none' {
            $export = Get-BatchExport events-r2
            $whatIf = Invoke-Resource delete @{ name = 'events-r2' } -WhatIf -Here
            $whatIf.State._metadata.whatIf | Should -Be "Remove the export 'events-r2' ($($export.Id))."
            Get-Write | Should -BeNullOrEmpty

            $result = Invoke-Resource delete @{ name = 'events-r2' }
            $result.Code | Should -Be 0
            $result.Text | Should -BeNullOrEmpty
            (Get-Write).method | Should -Be DELETE

            $again = Invoke-Resource delete @{ name = 'events-r2'; _exist = $false } -Here
            $again.Code | Should -Be 0
            $again.Text | Should -BeNullOrEmpty

            $set = Invoke-Resource set @{ name = 'events-redshift'; _exist = $false } -Here
            $set.Lines | Should -Be '{"name":"events-redshift","_exist":false}', '["_exist"]'
            (Get-BatchExport).Name | Should -Not -Contain events-redshift
        }
    }

    Context 'names' {
        It 'removes no export whose name only looks the same' {
            $names = (Get-BatchExport).Name
            foreach ($desired in @{ name = "nightly`u{200B}" }, @{ name = 'NIGHTLY' }, @{ name = 'night*' }) {
                (Invoke-Resource delete $desired -Here).Code | Should -Be 0
                $set = Invoke-Resource set ($desired + @{ _exist = $false }) -Here
                $set.Names | Should -BeNullOrEmpty
                (Invoke-Resource get $desired -Here).State._exist | Should -BeFalse
            }
            (Get-BatchExport).Name | Should -Be $names
            Get-Write | Should -BeNullOrEmpty
        }
    }

    Context 'export' {
        It 'writes each export with its name, and nothing if two have the same' {
            $result = Invoke-Resource export
            $result.Code | Should -Be 0
            ($result.Lines | ConvertFrom-Json -AsHashtable)._name | Sort-Object | Should -Be ((Get-BatchExport).Name | Sort-Object)

            $twin = Get-BatchExport prod-events-postgres
            Set-BatchExport $twin.Id -Name nightly
            foreach ($operation in 'get', 'test', 'delete') {
                $one = Invoke-Resource $operation @{ name = 'nightly'; interval = 'hour'; destination = $destination } -Here
                $one.Code | Should -Be 5
                $one.Lines | Should -BeNullOrEmpty
            }
            $all = Invoke-Resource export -Here
            $all.Code | Should -Be 5
            $all.Lines | Should -BeNullOrEmpty
            $all.Traces.error | Should -BeLike '*nightly*'
        }
    }
}
