<#
    Values as users have them: nested, of other libraries, of spreadsheets and databases. What has a clear form is sent so;
    everything
    else is an error that says where it is, and no request.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    $ErrorActionPreference = 'Continue'
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $emulator = Start-Emulator -Arguments '--run-duration', '0'
    $new = @{
        Name        = 'values'
        Interval    = 'day'
        Destination = @{ type = 'HTTP'; config = @{ url = 'https://eu.i.posthog.com/batch/'; token = 'phc_target' } }
    }

    # The one error of a command, whether it ended with it or not.
    function Get-OnlyError {
        param([scriptblock] $Action)

        $seen = Invoke-Watched $Action
        $seen.Output | Should -BeNullOrEmpty
        $errors = @($seen.Errors) + @($seen.Terminating | Where-Object { $_ })
        $errors | Should -HaveCount 1
        "$($errors[0])"
    }

    function Get-SentBody {
        (Get-EmulatorRequest | Where-Object Method -EQ 'POST' | Select-Object -Last 1).Body | ConvertFrom-Json -AsHashtable
    }
}

AfterAll {
    Disconnect-BatchExportService
    Stop-Emulator $emulator
    Remove-Module Support
}

Describe 'A value' {
    BeforeEach {
        Connect-Emulator @{ SkipValidation = $true; MaximumRetryCount = 0 }
        Clear-EmulatorRequest
    }

    Context 'that contains itself' {
        BeforeAll {
            $table = @{ key = 'x' }
            $table.self = $table
            $list = [System.Collections.ArrayList]@(1)
            $null = $list.Add($list)
            $deep = 1
            foreach ($level in 1..80) {
                $deep = @{ inner = $deep }
            }
            $wide = 1
            foreach ($level in 1..40) {
                $wide = @($wide, $wide)
            }
        }

        It '<name> in a filter, a config and a modifier is an error and no request' -ForEach @(
            @{ name = 'a hashtable that holds itself'; value = { $table } }
            @{ name = 'a list that holds itself'; value = { @{ value = $list } } }
            @{ name = 'a value nested 80 levels deep'; value = { $deep } }
            @{ name = 'a value whose parts are each there twice'; value = { @{ value = $wide } } }
        ) {
            $endless = & $value
            $attempts = @(
                { New-BatchExport @new -Filter $endless }
                { New-BatchExportDestination -Type HTTP -Config $endless }
                { Start-BatchExportRun hogql -HogQLQuery 'SELECT 1' -HogQLModifier $endless }
                { Measure-BatchExportQuery 'SELECT 1' -HogQLModifier $endless }
            )
            foreach ($attempt in $attempts) {
                Get-OnlyError $attempt | Should -Match 'more than 64 levels deep, or holds itself|more than 100000 parts'
            }
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }

        It 'is an error that says where it starts' {
            Get-OnlyError { New-BatchExport @new -Filter @{ key = 'x'; value = $table } } | Should -Match "'value\.self\.self"
        }
    }

    Context 'that can be enumerated but is not a list' {
        It '<name> is an error and no request' -ForEach @(
            @{ name = 'an element of XML'; value = { ([xml]'<a><b/><b/></a>').DocumentElement } }
            @{ name = 'a document of XML'; value = { [xml]'<a/>' } }
            @{ name = 'a path'; value = { [System.IO.DirectoryInfo]::new('/') } }
            @{ name = 'the properties of an object'; value = { ([psobject] 'x').PSObject.Properties } }
        ) {
            $other = & $value
            Get-OnlyError { New-BatchExport @new -Filter @{ key = 'x'; value = $other } } |
                Should -BeLike "*at 'value' is of type *cannot be sent*"
            Get-EmulatorRequest | Should -BeNullOrEmpty
        }
    }

    It 'is sent as <expected> in a filter: <name>' -ForEach @(
        @{
            name     = 'System.Text.Json'
            value    = { [System.Text.Json.Nodes.JsonNode]::Parse('["a", {"b": [1, 2.5, null, true]}]') }
            expected = '["a",{"b":[1,2.5,null,true]}]'
        }
        @{
            name     = 'an element of System.Text.Json'
            value    = { [System.Text.Json.JsonDocument]::Parse('{"b": "c"}').RootElement }
            expected = '{"b":"c"}'
        }
        @{ name = 'a decimal that is whole'; value = { 5432.0d } ; expected = '5432' }
        @{ name = 'a double that is whole'; value = { [double] 5432 }; expected = '5432' }
        @{ name = 'a fraction'; value = { 2.5 }; expected = '2.5' }
        @{ name = 'a null of a database'; value = { [DBNull]::Value }; expected = 'null' }
        @{ name = 'a date'; value = { [DateOnly]::new(2026, 11, 1) }; expected = '"2026-11-01"' }
        @{ name = 'an enumeration'; value = { [DayOfWeek]::Monday }; expected = '"Monday"' }
        @{ name = 'a list of the framework'; value = { [System.Collections.Generic.List[int]]@(1, 2) }; expected = '[1,2]' }
    ) {
        $given = & $value
        $null = Invoke-Watched { New-BatchExport @new -Filter @{ key = 'x'; type = 'event'; value = $given } }
        ConvertTo-Json -Compress -InputObject (Get-SentBody).filters[0].value | Should -BeExactly $expected
    }

    It 'keeps both keys that differ in case only' {
        $both = [System.Collections.Generic.Dictionary[string, object]]::new()
        $both['Plan'], $both['plan'] = 1, 2
        (Invoke-Watched { New-BatchExport @new -Filter @{ key = 'x'; type = 'event'; value = $both } }).Errors | Should -BeNullOrEmpty
        $sent = (Get-SentBody).filters[0].value
        $sent['Plan'], $sent['plan'] | Should -Be 1, 2
    }

    It 'is accepted as a whole number: <name>' -ForEach @(
        @{ name = 'a double'; value = [double] 3 }
        @{ name = 'a decimal'; value = [decimal] 3 }
        @{ name = 'an unsigned number'; value = [uint64] 3 }
        @{ name = 'text'; value = '3' }
    ) {
        $row = [pscustomobject] @{ OffsetHour = $value; OffsetDay = $value }
        $null = Invoke-Watched { $row | New-BatchExport @new }
        (Get-SentBody).offset_hour | Should -Be 3
        (Get-SentBody).offset_day | Should -Be 3
    }

    It 'is refused as a whole number: <name>' -ForEach @(
        @{ name = 'a fraction'; value = 3.5 }
        @{ name = 'a number that is too large'; value = 1e12 }
        @{ name = 'text of a fraction'; value = '3.5' }
    ) {
        $row = [pscustomobject] @{ OffsetHour = $value }
        Get-OnlyError { $row | New-BatchExport @new } | Should -BeLike '*is not a whole number*'
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'counts as not given when it is DBNull' {
        $null_ = [DBNull]::Value
        $row = [pscustomobject] @{ OffsetHour = $null_; OffsetDay = $null_; EndAt = $null_; HogQLModifier = $null_; Paused = $null_ }
        $seen = Invoke-Watched { $row | New-BatchExport @new }
        $seen.Errors | Should -BeNullOrEmpty
        (Get-SentBody).Keys | Should -Not -Contain 'offset_hour'
        (Get-SentBody).Keys | Should -Not -Contain 'end_at'
    }

    It 'is accepted as a time when it is a DateOnly' {
        $null = Invoke-Watched { New-BatchExport @new -EndAt ([DateOnly]::new(2027, 1, 31)) }
        (Get-EmulatorRequest | Select-Object -Last 1).Body | Should -Match '"end_at":"2027-01-31T00:00:00Z"'
    }
}
