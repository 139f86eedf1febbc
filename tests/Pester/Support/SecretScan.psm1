<#
    Runs scripts with all of their output collected, and searches it for the secrets that they were given.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseShouldProcessForStateChangingFunctions', '', Justification = 'They change an emulator of the tests only.')]
param()

$ErrorActionPreference = 'Stop'
$script:Secrets = $null
$script:Context = $null
$script:Runspace = $null

$script:Collect = {
    param($Context, $Script)
    $Context.Texts = [System.Collections.Generic.List[string]]::new()
    $Context.ErrorIds = [System.Collections.Generic.List[string]]::new()
    $ErrorActionPreference = 'Continue'
    $VerbosePreference = 'Continue'
    $DebugPreference = 'Continue'
    $ProgressPreference = 'Continue'
    $ConfirmPreference = 'None'
    $PSStyle.OutputRendering = 'PlainText'
    $Error.Clear()

    function Add-Text {
        param($Value)

        $Context.Texts.Add("$Value")
        $Context.Texts.Add(($Value | Format-List * -Force | Out-String -Width 100000))
        $Context.Texts.Add(($Value | Format-Table | Out-String -Width 100000))
        $Context.Texts.Add(($Value | Out-String -Width 100000))
    }

    # Messages and errors carry the command that wrote them, and with it the whole module.
    function Test-Message {
        param($Value)

        $Value.GetType().Name -in 'VerboseRecord', 'DebugRecord', 'WarningRecord', 'ErrorRecord', 'InformationRecord'
    }

    $records = try {
        . ([scriptblock]::Create($Script)) *>&1
    }
    catch {
        $_
    }

    foreach ($record in $records) {
        Add-Text $record
        if (-not (Test-Message $record)) {
            $Context.Texts.Add([System.Management.Automation.PSSerializer]::Serialize($record, 10))
            $Context.Texts.Add((ConvertTo-Json -InputObject $record -Depth 10 -WarningAction SilentlyContinue))
        }
    }

    foreach ($failure in @($Error)) {
        $record = $failure -is [System.Management.Automation.ErrorRecord] ? $failure : $failure.ErrorRecord
        $Context.ErrorIds.Add($record.FullyQualifiedErrorId)
        Add-Text $record
        Add-Text $record.InvocationInfo
        Add-Text $record.TargetObject
        Add-Text $record.ErrorDetails
        $Context.Texts.Add((Get-Error -InputObject $record | Out-String -Width 100000))
        for ($exception = $record.Exception; $exception; $exception = $exception.InnerException) {
            Add-Text $exception
            $Context.Texts.Add($exception.ToString())
            Add-Text $exception.Data
            if ($exception.PSObject.Properties['Request']) {
                Add-Text $exception.Request
            }
        }
    }
    $Error.Clear()
}

function New-Secret {
    param([string] $Prefix)

    $Prefix + [System.Security.Cryptography.RandomNumberGenerator]::GetHexString(40, $true)
}

function ConvertTo-Secret {
    param([string] $Text)

    [System.Net.NetworkCredential]::new('', $Text).SecurePassword
}

<#
.SYNOPSIS
    Makes new secrets, gives the emulator their keys, and opens the runspace of the scripts.
.OUTPUTS
    Secrets, by name, Context, which the scripts see as $Context, and Runspace.
#>
function Start-SecretScan {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [pscustomobject] $Emulator, [Parameter(Mandatory)] [string] $Folder)

    $script:Secrets = @{
        Key       = New-Secret 'phx_'
        ReaderKey = New-Secret 'phx_'
        WrongKey  = New-Secret 'phx_'
        BrokenKey = (New-Secret 'phx_') + ' '
        Plain     = New-Secret 'plain-'
        Hidden    = New-Secret 'hidden-'
    }
    Add-EmulatorKey @{ key = $script:Secrets.Key }
    Add-EmulatorKey @{ key = $script:Secrets.ReaderKey; scopes = @('batch_export:read') }

    $script:Runspace = New-TestRunspace
    $with = @{ PassThru = $true; SkipValidation = $true }
    $script:Context = @{
        Api             = $Emulator.Api
        ProjectId       = $Emulator.ProjectId
        KeySecret       = ConvertTo-Secret $script:Secrets.Key
        WrongKeySecret  = ConvertTo-Secret $script:Secrets.WrongKey
        BrokenKeySecret = ConvertTo-Secret $script:Secrets.BrokenKey
        Plain           = $script:Secrets.Plain
        HiddenSecret    = ConvertTo-Secret $script:Secrets.Hidden
        Reader          = Connect-Emulator -Key $script:Secrets.ReaderKey -With $with
        Refused         = Connect-Emulator -Key $script:Secrets.WrongKey -With $with
        Folder          = $Folder
        Signed          = @()
    }
    [pscustomobject]@{ Secrets = $script:Secrets; Context = $script:Context; Runspace = $script:Runspace }
}

function Stop-SecretScan {
    [CmdletBinding()]
    param()

    $script:Runspace.Dispose()
    $script:Context.Reader.Dispose()
    $script:Context.Refused.Dispose()
}

# Runs a script at -Verbose -Debug. Puts out all texts that come of it, in every form in which they can be shown.
function Invoke-Step {
    param([scriptblock] $Script)

    $shell = [powershell]::Create($script:Runspace).AddScript($script:Collect.ToString())
    $null = $shell.AddArgument($script:Context).AddArgument($Script.ToString())
    try {
        $null = $shell.Invoke()
        foreach ($name in 'Progress', 'Warning', 'Verbose', 'Debug', 'Information') {
            $shell.Streams.$name | ForEach-Object { $script:Context.Texts.Add("$_ $($_ | Out-String)") }
        }
        $shell.Streams.Error | Should -BeNullOrEmpty -Because 'what collects the texts has no errors of its own'
    }
    finally {
        $shell.Dispose()
    }
    $script:Context.Texts -join "`n"
}

# Every part of 13 characters, so that a cut-off or wrapped secret is found too.
function Find-Secret {
    param([string] $Text, [hashtable] $Secret = $script:Secrets)

    $joined = $Text -replace '\s'
    foreach ($name in $Secret.Keys) {
        $value = $Secret[$name].Trim()
        for ($start = 0; $start + 13 -le $value.Length; $start++) {
            if ($joined.Contains($value.Substring($start, 13), [System.StringComparison]::OrdinalIgnoreCase)) {
                $at = $joined.IndexOf($value.Substring($start, 13), [System.StringComparison]::OrdinalIgnoreCase)
                "$name, after: $($joined.Substring([math]::Max(0, $at - 120), [math]::Min(120, $at)))"
                break
            }
        }
    }
}

# What a signed URL's bearer needs: the credential, the signature, the session token.
function Get-SignaturePart {
    $parts = @{}
    foreach ($query in (Get-EmulatorRequest -Origin storage).query) {
        foreach ($pair in $query.TrimStart('?') -split '&') {
            $name, $value = $pair -split '=', 2
            if ($name -in 'X-Amz-Signature', 'X-Amz-Security-Token') {
                $parts["$name $($parts.Count)"] = $value
                $parts["$name $($parts.Count)"] = [uri]::UnescapeDataString($value)
            }
        }
    }
    $parts
}

Export-ModuleMember -Function @(
    'ConvertTo-Secret', 'Find-Secret', 'Get-SignaturePart', 'Invoke-Step', 'New-Secret', 'Start-SecretScan', 'Stop-SecretScan'
)
