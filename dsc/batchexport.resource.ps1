<#
.SYNOPSIS
    The operations of the DSC resource PSBatchExports/BatchExport, as batchexport.dsc.resource.json calls them.
.DESCRIPTION
    Reads an export as JSON from stdin, and writes JSON lines: the state of the export and, for test and set, the names of the
    properties that differ. Errors and warnings are JSON lines on stderr. about_PSBatchExports_Dsc has the exit codes.
.PARAMETER Operation
    What to do.
.PARAMETER DryRun
    For set and delete: says what would be done, and changes nothing.
#>
param(
    [ValidateSet('get', 'test', 'set', 'delete', 'export')] [string] $Operation,
    [switch] $DryRun
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$changesNothing = [bool] $DryRun

# dsc reads a level from the name of the only property. The default encoder escapes what is not ASCII, so no code page matters.
function Write-Trace([string] $Level, [string] $Message) {
    $line = [System.Text.Json.Nodes.JsonObject]::new()
    $line[$Level] = $Message
    [System.Console]::Error.WriteLine($line.ToJsonString())
}

function New-Failure([string] $Id, [string] $Message, [System.Management.Automation.ErrorCategory] $Category = 'InvalidOperation') {
    [System.Management.Automation.ErrorRecord]::new([System.InvalidOperationException]::new($Message), $Id, $Category, $null)
}

# What happened, and what to do about it. Of the input there is no file to mend.
function Get-ErrorText([System.Management.Automation.ErrorRecord] $Failure) {
    $remedy = $Failure.FullyQualifiedErrorId -like 'InvalidConfiguration*' ? $null : $Failure.ErrorDetails?.RecommendedAction
    ("$Failure", $remedy | Where-Object { $_ }) -join ' '
}

function Get-ExitCode([System.Management.Automation.ErrorRecord] $Failure) {
    $id = ($Failure.FullyQualifiedErrorId -split ',')[0]
    if ($id -in 'InputInvalid', 'InvalidConfiguration', 'IntegrationNotFound', 'SecretMissing') { 2 }
    elseif ($id -eq 'ReplaceNotAllowed') { 4 }
    elseif ($id -eq 'NameNotUnique') { 5 }
    elseif ($Failure.CategoryInfo.Category -in 'AuthenticationError', 'ConnectionError', 'PermissionDenied') { 3 }
    else { 1 }
}

function Read-Desired([string] $Text) {
    try {
        $json = [System.Text.Json.Nodes.JsonNode]::Parse($Text)
        $desired = [pscustomobject]@{
            Name         = "$($json['name'])".Trim()
            PreviousName = "$($json['previousName'])".Trim()
            Exists       = "$($json['_exist'])" -ne 'false'
            Json         = $json
        }
    }
    catch {
        throw (New-Failure InputInvalid 'The input is not a JSON object.')
    }

    if (-not $desired.Name) {
        throw (New-Failure InputInvalid "The input has no 'name'.")
    }
    $desired
}

# The export of a name, or nothing. For -ceq, names that differ in invisible characters or in their composition are equal.
function Find-Export([string] $Name) {
    $found = @(Get-BatchExport | Where-Object { [string]::Equals($_.Name, $Name, [System.StringComparison]::Ordinal) })
    if ($found.Count -gt 1) {
        throw (New-Failure NameNotUnique "$($found.Count) exports have the name '$Name': $($found.Id -join ', '). Rename all but one.")
    }
    $found
}

function New-State([string] $Name, [bool] $Exists) {
    $state = [System.Text.Json.Nodes.JsonObject]::new()
    $state['name'] = $Name
    $state['_exist'] = $Exists
    Write-Output $state -NoEnumerate
}

function Read-State([string] $File) {
    $state = [System.Text.Json.Nodes.JsonNode]::Parse([System.IO.File]::ReadAllText($File))
    $null = $state.Remove('$schema')
    $state['_exist'] = $true
    Write-Output $state -NoEnumerate
}

function Get-State([string] $Id) {
    $file = Export-BatchExportConfiguration -Id $Id -Path (Join-Path $work ([guid]::NewGuid()))
    Write-Output (Read-State $file.FullName) -NoEnumerate
}

# How the export that the input describes differs from it.
function Compare-Desired([pscustomobject] $Desired) {
    $file = Join-Path $work 'desired.json'
    $configuration = $Desired.Json.DeepClone()
    '_exist', '_inDesiredState', '_name' | ForEach-Object { $null = $configuration.Remove($_) }
    [System.IO.File]::WriteAllText($file, $configuration.ToJsonString())

    $difference = Compare-BatchExportConfiguration -Path $file -IncludeEqual -ErrorAction SilentlyContinue -ErrorVariable problems
    if ($problems) {
        $place = "'$([regex]::Escape($file))'"
        $texts = $problems | ForEach-Object { (Get-ErrorText $_) -replace "^$place(, line \d+)?: | \($place\)" }
        $first = $problems[0]
        throw (New-Failure ($first.FullyQualifiedErrorId -split ',')[0] ($texts -join ' ') $first.CategoryInfo.Category)
    }
    foreach ($field in $difference.Field) {
        Write-Trace info "$field"
    }
    $difference
}

function Get-PropertyName([object] $Difference) {
    if ($Difference.Change -eq 'Create') {
        '_exist'
    }
    $Difference.Field | ForEach-Object { $_.Path -replace '[.\[].*' } | Select-Object -Unique
}

function ConvertTo-NameLine([string[]] $Name) {
    $list = [System.Text.Json.Nodes.JsonArray]::new()
    foreach ($one in $Name) {
        $list.Add([System.Text.Json.Nodes.JsonValue]::Create($one))
    }
    $list.ToJsonString()
}

# The state that a change would lead to.
function Get-ExpectedState([pscustomobject] $Desired, [object] $Difference) {
    $state = $Difference.BatchExportId ? (Get-State $Difference.BatchExportId) : (New-State $Desired.Name $true)
    foreach ($field in $Difference.Field) {
        # A property, or a setting of the destination, is replaced as a whole.
        $keys = @(($field.Path -replace '\[.*') -split '\.' | Select-Object -First ($field.Path -like 'destination.*' ? 3 : 1))
        $from, $to = $Desired.Json, $state
        foreach ($key in $keys | Select-Object -SkipLast 1) {
            $from = $from[$key]
            if ($null -eq $to[$key]) {
                $to[$key] = [System.Text.Json.Nodes.JsonObject]::new()
            }
            $to = $to[$key]
        }

        $value = $from ? $from[$keys[-1]] : $null
        if ($null -eq $value -and $Difference.Change -eq 'Create') {
            # A new export gets the model that the input leaves out.
            $value = [System.Text.Json.JsonSerializer]::SerializeToNode($field.Desired, [object])
        }

        if ($null -eq $value) {
            $null = $to.Remove($keys[-1])
        }
        else {
            $to[$keys[-1]] = $value.DeepClone()
        }
    }
    Write-Output $state -NoEnumerate
}

function Invoke-Get([pscustomobject] $Desired) {
    $found = Find-Export $Desired.Name
    if (-not $found -and $Desired.PreviousName) {
        $found = Find-Export $Desired.PreviousName
    }
    $state = $found ? (Get-State $found.Id) : (New-State $Desired.Name $false)
    $state.ToJsonString()
}

function Invoke-Test([pscustomobject] $Desired) {
    if ($Desired.Exists) {
        $difference = Compare-Desired $Desired
        $id = $difference.BatchExportId
        $names = @(Get-PropertyName $difference)
    }
    else {
        $id = (Find-Export $Desired.Name)?.Id
        $names = @(if ($id) { '_exist' })
    }

    $state = $id ? (Get-State $id) : (New-State $Desired.Name $false)
    $state['_inDesiredState'] = $names.Count -eq 0
    $state.ToJsonString()
    ConvertTo-NameLine $names
}

function Invoke-Set([pscustomobject] $Desired) {
    if (-not $Desired.Exists) {
        $found = Find-Export $Desired.Name
        if ($found -and -not $changesNothing) {
            Remove-BatchExport -Id $found.Id -Confirm:$false
        }
        (New-State $Desired.Name $false).ToJsonString()
        ConvertTo-NameLine @(if ($found) { '_exist' })
        return
    }

    $difference = Compare-Desired $Desired
    if ($difference.Change -eq 'Replace') {
        $refusal = "'$($Desired.Name)' is not changed: its type and model cannot be changed, only replaced, and its runs, logs and " +
            'backfills would be lost. Undo the change, or replace the export by its file: ' +
            'Compare-BatchExportConfiguration <file> | Sync-BatchExportConfiguration -AllowReplace.'
        throw (New-Failure ReplaceNotAllowed $refusal)
    }

    if ($changesNothing) {
        $state = Get-ExpectedState $Desired $difference
    }
    else {
        $changed = $difference | Sync-BatchExportConfiguration -PassThru -Confirm:$false
        $state = Get-State ($changed ?? $difference)?.BatchExportId
    }
    $state.ToJsonString()
    ConvertTo-NameLine (Get-PropertyName $difference)
}

function Invoke-Delete([pscustomobject] $Desired) {
    $found = Find-Export $Desired.Name
    if ($changesNothing) {
        $actions = [System.Text.Json.Nodes.JsonArray]::new()
        if ($found) {
            $actions.Add([System.Text.Json.Nodes.JsonValue]::Create("Remove the export '$($found.Name)' ($($found.Id))."))
        }
        $result = [System.Text.Json.Nodes.JsonObject]::new()
        $result['_metadata'] = [System.Text.Json.Nodes.JsonObject]::new()
        $result['_metadata']['whatIf'] = $actions
        $result.ToJsonString()
    }
    elseif ($found) {
        Remove-BatchExport -Id $found.Id -Confirm:$false
    }
}

function Invoke-Export([string] $Text) {
    if ($Text) {
        throw (New-Failure InputInvalid 'An export takes no input.')
    }

    foreach ($file in Get-BatchExport | Export-BatchExportConfiguration -Path $work) {
        $state = Read-State $file.FullName
        $state['_name'] = [string] $state['name']
        $state.ToJsonString()
    }
}

$work = [System.IO.Directory]::CreateTempSubdirectory('psbatchexports-dsc-').FullName
try {
    Import-Module (Join-Path $PSScriptRoot '../PSBatchExports.psd1')
    $text = @($input) -join "`n"
    $result = $(switch ($Operation) {
            'get' { Invoke-Get (Read-Desired $text) }
            'test' { Invoke-Test (Read-Desired $text) }
            'set' { Invoke-Set (Read-Desired $text) }
            'delete' { Invoke-Delete (Read-Desired $text) }
            'export' { Invoke-Export $text }
        }) 3>&1
    foreach ($line in $result) {
        if ($line -is [System.Management.Automation.WarningRecord]) {
            Write-Trace warn $line.Message
        }
        else {
            $line
        }
    }
    exit 0
}
catch {
    Write-Trace error (Get-ErrorText $_)
    exit (Get-ExitCode $_)
}
finally {
    [System.IO.Directory]::Delete($work, $true)
}
