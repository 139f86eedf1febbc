[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $null = Start-Emulator
}

AfterAll {
    Stop-Emulator
    Remove-Module Support
}

Describe 'Questions' {
    BeforeAll {
        $connection = Connect-Emulator @{ PassThru = $true; SkipValidation = $true }

        function Invoke-Answering {
            param([int[]] $Answers = @(), [scriptblock] $Script, [object[]] $Arguments = @())

            $asked = New-ScriptedHost -Answers $Answers
            $space = New-TestRunspace -PSHost $asked
            $shell = [powershell]::Create($space).AddScript($Script.ToString()).AddArgument($connection)
            $Arguments | ForEach-Object { $null = $shell.AddArgument($_) }
            try {
                $null = $shell.Invoke()
                [pscustomobject]@{ Questions = $asked.Questions; Errors = @($shell.Streams.Error) }
            }
            finally {
                $shell.Dispose()
                $space.Dispose()
            }
        }
        $yes, $yesToAll, $no, $noToAll = 0..3
    }

    AfterAll {
        $connection.Dispose()
    }

    BeforeEach {
        $ids = @(Add-EmulatorExport -Count 3 -NamePrefix 'asked-')
        Clear-EmulatorFault
        Clear-EmulatorRequest
    }

    AfterEach {
        Clear-EmulatorFault
    }

    It 'change what is answered with yes and leave what is answered with no' {
        $result = Invoke-Answering -Answers $yes, $no, $yes -Arguments (, $ids) -Script {
            param($Connection, $Ids)
            Remove-BatchExport $Ids -Connection $Connection
        }
        $result.Errors | Should -BeNullOrEmpty
        $result.Questions | Should -HaveCount 3
        $result.Questions[0] | Should -Match $ids[0]
        (Get-EmulatorRequest | Where-Object method -EQ DELETE).path | Should -Match "$($ids[0])|$($ids[2])"
        @(Get-EmulatorRequest | Where-Object method -EQ DELETE).Count | Should -Be 2
    }

    It 'are asked once for yes to all, even for piped objects' {
        $result = Invoke-Answering -Answers $yesToAll -Arguments (, $ids) -Script {
            param($Connection, $Ids)
            $Ids | ForEach-Object { [pscustomobject]@{ Id = $_ } } | Remove-BatchExport -Connection $Connection
        }
        $result.Questions | Should -HaveCount 1
        @(Get-EmulatorRequest | Where-Object method -EQ DELETE).Count | Should -Be 3
    }

    It 'are asked once for no to all, and nothing is sent' {
        $result = Invoke-Answering -Answers $noToAll -Arguments (, $ids) -Script {
            param($Connection, $Ids)
            Remove-BatchExport $Ids -Connection $Connection
        }
        $result.Questions | Should -HaveCount 1
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'are asked for a medium impact when ConfirmPreference is Medium' {
        $result = Invoke-Answering -Answers $no -Arguments (, $ids) -Script {
            param($Connection, $Ids)
            $ConfirmPreference = 'Medium'
            Suspend-BatchExport $Ids[0] -Connection $Connection
        }
        $result.Questions | Should -HaveCount 1
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }

    It 'are not asked for a medium impact by default' {
        (Invoke-Answering -Arguments (, $ids) -Script {
            param($Connection, $Ids)
            Suspend-BatchExport $Ids[0] -Connection $Connection
        }).Questions | Should -BeNullOrEmpty
        @(Get-EmulatorRequest | Where-Object method -NE GET).Count | Should -Be 1
    }

    It 'are asked with -Confirm, and not with -Confirm:$false' {
        (Invoke-Answering -Answers $yes -Arguments (, $ids) -Script {
            param($Connection, $Ids)
            Suspend-BatchExport $Ids[0] -Confirm -Connection $Connection
        }).Questions | Should -HaveCount 1
        (Invoke-Answering -Arguments (, $ids) -Script {
            param($Connection, $Ids)
            Remove-BatchExport $Ids[0] -Confirm:$false -Connection $Connection
        }).Questions | Should -BeNullOrEmpty
        @(Get-EmulatorRequest | Where-Object method -NE GET).Count | Should -Be 2
    }

    It 'are not asked with -Force' {
        (Invoke-Answering -Arguments (, $ids) -Script {
            param($Connection, $Ids)
            Remove-BatchExport $Ids -Force -Connection $Connection
        }).Questions | Should -BeNullOrEmpty
        @(Get-EmulatorRequest | Where-Object method -EQ DELETE).Count | Should -Be 3
    }

    It 'are not asked with <How>, and nothing is changed' -ForEach @(
        @{ How = '-WhatIf'; Script = { param($Connection, $Ids) Remove-BatchExport $Ids -WhatIf -Connection $Connection } }
        @{
            How    = '-WhatIf and -Force'
            Script = { param($Connection, $Ids) Remove-BatchExport $Ids -WhatIf -Force -Connection $Connection }
        }
        @{
            How    = 'WhatIfPreference'
            Script = { param($Connection, $Ids) $WhatIfPreference = $true; Remove-BatchExport $Ids -Force -Connection $Connection }
        }
        @{
            How    = '-WhatIf from the pipeline'
            Script = {
                param($Connection, $Ids)
                Get-BatchExport -Id $Ids -Connection $Connection | Suspend-BatchExport -WhatIf -Connection $Connection
            }
        }
        @{
            How    = '-WhatIf for a billed run'
            Script = {
                param($Connection)
                Start-BatchExportRun events -DataIntervalStart 2026-01-01 -DataIntervalEnd 2026-01-02 -WhatIf -Connection $Connection
            }
        }
    ) {
        $result = Invoke-Answering -Arguments (, $ids) -Script $Script
        $result.Errors | Should -BeNullOrEmpty
        $result.Questions | Should -BeNullOrEmpty
        Get-EmulatorRequest | Where-Object method -NE GET | Should -BeNullOrEmpty
    }

    It 'are not affected by -WhatIf:$false' {
        Remove-BatchExport $ids -WhatIf:$false -Force -Connection $connection
        @(Get-EmulatorRequest | Where-Object method -EQ DELETE).Count | Should -Be 3
    }

    It 'are an error in a noninteractive host, and nothing is sent' {
        $space = New-TestRunspace
        $shell = [powershell]::Create($space).AddScript({
            param($Connection, $Ids)
            Remove-BatchExport $Ids[0] -Connection $Connection
        }.ToString())
        $null = $shell.AddArgument($connection).AddArgument($ids).Invoke()
        $shell.Streams.Error.FullyQualifiedErrorId | Should -BeLike 'HostFunctionNotImplemented,*'
        $shell.Dispose()
        $space.Dispose()
        Get-EmulatorRequest | Should -BeNullOrEmpty
    }
}
