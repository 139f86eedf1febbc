<#
    What the help says: docs/en-US against the engine, and en-US, which ./build.ps1 -Task Docs makes of it, against both.
#>
[System.Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The blocks of Pester hide that they are used.')]
param()

BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    $cmdlets = (Import-PowerShellDataFile -LiteralPath (Get-ModuleUnderTest)).CmdletsToExport
    $topics = (Get-ChildItem -Path (Join-Path $PSScriptRoot '../../docs/en-US/about_*.md')).BaseName
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/Support.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'Support/HelpSource.psm1') -Force
    $module = Import-Module (Get-ModuleUnderTest) -PassThru
    $sources = Join-Path $PSScriptRoot '../../docs/en-US'
    $generated = Join-Path $module.ModuleBase 'en-US'
    $found = Get-Help about_PSBatchExports*
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters

    function Assert-SameLine([string] $Cmdlet, [string] $Where, [string[]] $Expected, [string[]] $Actual) {
        $differences = @(
            [System.Linq.Enumerable]::Except($Expected, $Actual) | ForEach-Object { "  should be: $_" }
            [System.Linq.Enumerable]::Except($Actual, $Expected) | ForEach-Object { "  is:        $_" }
        )
        if ($differences) {
            $advice = "The help of $Cmdlet in $Where is out of date. Correct docs/en-US/$Cmdlet.md and run ./build.ps1 -Task Docs."
            throw @($advice; $differences | Sort-Object -Property { $_.Substring(13) } -Stable) -join "`n"
        }
    }

    function ConvertTo-Word([bool] $Value) {
        $Value ? 'true' : 'false'
    }

    # What the YAML block of a parameter has to hold, in the words of Read-HelpSource.
    function Get-Fact([System.Management.Automation.ParameterMetadata] $Parameter) {
        $name = "-$($Parameter.Name)"
        "$name Type: $($Parameter.ParameterType.ToString())"
        "$name SupportsWildcards: $(ConvertTo-Word ($Parameter.Attributes.TypeId -contains [SupportsWildcards]))"
        "$name DontShow: $(ConvertTo-Word ($Parameter.Attributes.DontShow -contains $true))"
        $Parameter.Aliases | ForEach-Object { "$name Aliases: $_" }
        foreach ($set in $Parameter.ParameterSets.Keys) {
            $use = $Parameter.ParameterSets[$set]
            $place = "$name in $($set -eq [Parameter]::AllParameterSets ? '(All)' : $set)"
            "${place}: Position: $($use.Position -lt 0 ? 'Named' : $use.Position)"
            "${place}: IsRequired: $(ConvertTo-Word $use.IsMandatory)"
            "${place}: ValueFromPipeline: $(ConvertTo-Word $use.ValueFromPipeline)"
            "${place}: ValueFromPipelineByPropertyName: $(ConvertTo-Word $use.ValueFromPipelineByPropertyName)"
            "${place}: ValueFromRemainingArguments: $(ConvertTo-Word $use.ValueFromRemainingArguments)"
        }
    }

    $parameterLine = '-{0} <{1}> required {2}, position {3}, pipeline {4}, wildcards {5}, aliases {6}'

    # What Get-Help shows of a parameter, in a line of syntax or in the list.
    function Get-Shown([psobject] $Parameter) {
        $parameterLine -f @(
            $Parameter.name
            $Parameter.type.name
            $Parameter.required
            $Parameter.position
            $Parameter.pipelineInput
            $Parameter.globbing
            $Parameter.aliases
        )
    }

    # What it has to show: of one parameter set, or of all sets that the parameter is in.
    function Get-Expected([System.Management.Automation.CommandParameterInfo[]] $Use) {
        $positions = @(@($Use.Position) -ge 0 | Sort-Object)
        $ways = @(
            if ($Use.ValueFromPipeline -contains $true) { 'ByValue' }
            if ($Use.ValueFromPipelineByPropertyName -contains $true) { 'ByPropertyName' }
        )
        $parameterLine -f @(
            $Use[0].Name
            $Use[0].ParameterType.ToString()
            ConvertTo-Word ($Use.IsMandatory -notcontains $false)
            $positions.Count -gt 0 ? $positions[0] : 'named'
            $ways ? "true ($($ways -join ', '))" : 'false'
            ConvertTo-Word ($Use[0].Attributes.TypeId -contains [SupportsWildcards])
            $Use[0].Aliases ? $Use[0].Aliases -join ', ' : 'none'
        )
    }

    function Get-TypeHelp($Entry) {
        foreach ($one in $Entry) {
            @{ Type = $one.type.name; Text = $one.description.Text }
        }
    }

    # The help object of Get-Help in the form of Read-HelpSource.
    function ConvertFrom-Help([psobject] $Help) {
        [pscustomobject]@{
            Synopsis    = $Help.Synopsis
            Description = $Help.description.Text
            Notes       = $Help.alertSet.alert.Text
            Parameters  = @(foreach ($parameter in $Help.parameters.parameter) {
                    @{ Name = $parameter.name; Text = $parameter.description.Text }
                })
            Inputs      = @(Get-TypeHelp $Help.inputTypes.inputType)
            Outputs     = @(Get-TypeHelp $Help.returnValues.returnValue)
            Examples    = @(foreach ($example in $Help.examples.example) {
                    @{ Title = $example.title.Trim('-', ' '); Code = $example.code; Text = $example.remarks.Text }
                })
        }
    }

    # Get-Help wraps text itself, and shows no marks of Markdown; a table keeps a line below its head.
    function ConvertTo-PlainText([string[]] $Text) {
        ($Text -join ' ' -replace '(?m)^[-| ]*-{3,}[-| ]*$' -replace '[`*\\|]' -replace '\s+', ' ').Trim()
    }

    # What help says, of its source or of Get-Help alike.
    function Get-Said([pscustomobject] $Help) {
        "SYNOPSIS: $(ConvertTo-PlainText $Help.Synopsis)"
        "DESCRIPTION: $(ConvertTo-PlainText $Help.Description)"
        "NOTES: $(ConvertTo-PlainText $Help.Notes)"
        $Help.Parameters | ForEach-Object { "-$($_.Name): $(ConvertTo-PlainText $_.Text)" }
        $Help.Inputs | ForEach-Object { "INPUTS: $($_.Type): $(ConvertTo-PlainText $_.Text)" }
        $Help.Outputs | ForEach-Object { "OUTPUTS: $($_.Type): $(ConvertTo-PlainText $_.Text)" }
        foreach ($example in $Help.Examples) {
            "$($example.Title): $(ConvertTo-PlainText $example.Text)"
            $line = 0
            $example.Code -split '\n' | ForEach-Object { "$($example.Title), line $((++$line)): $_" }
        }
    }
}

AfterAll {
    Remove-Module HelpSource
    Remove-Module Support
}

Describe 'Help' {
    It 'exists for exactly the exported cmdlets' {
        $exported = ($module.ExportedCmdlets.Keys | Sort-Object) -join ', '
        $maml = [xml]::new()
        $maml.Load((Join-Path $generated 'PSBatchExports.dll-Help.xml'))

        $described = $maml.helpItems.command.details.name | Sort-Object
        $described -join ', ' | Should -BeExactly $exported -Because 'en-US/PSBatchExports.dll-Help.xml is made by ./build.ps1 -Task Docs'
        $written = (Get-ChildItem -Path (Join-Path $sources '*-*.md')).BaseName | Sort-Object
        $written -join ', ' | Should -BeExactly $exported -Because 'each has its file in docs/en-US'
    }

    It 'exists for exactly the topics with a source' {
        $expected = (Get-ChildItem -Path (Join-Path $sources 'about_*.md')).BaseName | ForEach-Object { "$_.help.txt" } | Sort-Object
        $actual = (Get-ChildItem -Path (Join-Path $generated 'about_*')).Name | Sort-Object
        $actual | Should -BeExactly $expected -Because './build.ps1 -Task Docs makes them'
    }
}

Describe 'Help of <_>' -ForEach $cmdlets {
    BeforeAll {
        $name = $_
        $command = Get-Command $name
        $source = Read-HelpSource -Path (Join-Path $sources "$name.md")
        $help = Get-Help $name -Full
    }

    It 'has a source that describes exactly its parameters' {
        $expected = @($command.Parameters.Values | Where-Object Name -NotIn $common | ForEach-Object { Get-Fact $_ })
        Assert-SameLine $name 'docs/en-US' $expected @($source.Parameters | ForEach-Object Facts)
    }

    It 'has a source that shows exactly its syntax' {
        $expected = foreach ($set in $command.ParameterSets) {
            $default = $set.IsDefault -and $command.ParameterSets.Count -gt 1 ? ' (Default)' : ''
            "$($set.Name)${default}: $name $set" -replace ' *\[<CommonParameters>\]$'
        }
        Assert-SameLine $name 'docs/en-US' $expected @($source.Syntaxes | ForEach-Object { "$($_.Set): $($_.Line)" })
    }

    It 'shows exactly its parameters' {
        $uses = $command.ParameterSets.Parameters | Where-Object Name -NotIn $common | Group-Object -Property Name
        $expected = @(foreach ($use in $uses) { Get-Expected $use.Group })
        $actual = @(foreach ($parameter in $help.parameters.parameter) { Get-Shown $parameter })
        Assert-SameLine $name 'en-US' $expected $actual
    }

    It 'shows exactly its syntax' {
        $expected = foreach ($set in $command.ParameterSets) {
            "$($set.Name): $name"
            $set.Parameters | Where-Object Name -NotIn $common | ForEach-Object { "$($set.Name): $(Get-Expected $_)" }
        }
        # The lines do not name their sets; they stand in the order of the source.
        $index = 0
        $actual = foreach ($syntax in $help.syntax.syntaxItem) {
            $set = $source.Syntaxes[$index++].Set -replace ' \(Default\)$'
            "${set}: $($syntax.name)"
            foreach ($parameter in $syntax.parameter) { "${set}: $(Get-Shown $parameter)" }
        }
        Assert-SameLine $name 'en-US' $expected $actual
    }

    It 'describes every part' {
        $reason = "docs/en-US/$name.md describes it"
        $help.Synopsis | Should -Not -BeNullOrEmpty -Because $reason
        "$($help.description.Text)".Length | Should -BeGreaterThan 80 -Because $reason
        "$($help.alertSet.alert.Text)" | Should -Not -BeNullOrEmpty -Because $reason
        foreach ($parameter in $help.parameters.parameter) {
            "$($parameter.description.Text)".Length | Should -BeGreaterOrEqual 10 -Because "$reason, -$($parameter.name)"
        }
        $help.examples.example.Count | Should -BeGreaterOrEqual 3 -Because $reason
        foreach ($example in $help.examples.example) {
            $example.code | Should -BeLikeExactly 'PS> *' -Because "$reason, $($example.title)"
        }
    }

    It 'matches its source' {
        $source.Title | Should -BeExactly $name
        Assert-SameLine $name 'en-US' (Get-Said $source) (Get-Said (ConvertFrom-Help $help))
    }

    It 'has the online page that the cmdlet and the source name' {
        $command.HelpUri | Should -BeLikeExactly 'https://posthog.com/docs/*'
        $source.HelpUri | Should -BeExactly $command.HelpUri -Because "docs/en-US/$name.md names it"
        ($help.relatedLinks.navigationLink | Where-Object linkText -EQ 'Online Version').uri |
            Should -BeExactly $command.HelpUri -Because 'en-US is made by ./build.ps1 -Task Docs'
    }

    It 'reads as text, without marks of Markdown or XML' {
        foreach ($view in ($help | Out-String), (Get-Help $name -Examples | Out-String)) {
            $view | Should -Match "(?m)^\s+$name\s*`$"
            $view | Should -Not -Match '```|\*\*|\]\(|</|\{\{|[\x80-\x9f]'
        }
    }
}

Describe 'Topic <_>' -ForEach $topics {
    BeforeAll {
        $topic = $_
        $text = (Get-Content -LiteralPath (Join-Path $generated "$topic.help.txt") -Raw) -replace '\r'
        $source = (Get-Content -LiteralPath (Join-Path $sources "$topic.md") -Raw) -replace '\r'
        $reason = "en-US/$topic.help.txt is made from docs/en-US/$topic.md by ./build.ps1 -Task Docs"
    }

    It 'has the layout that Get-Help expects, in 80 columns' {
        $lines = $text -split '\n'
        $lines[0..3] | Should -BeExactly 'TOPIC', "    $topic", '', 'SHORT DESCRIPTION' -Because $reason
        $lines[4] | Should -Match '^    \S' -Because $reason
        $lines[5..6] | Should -BeExactly '', 'LONG DESCRIPTION' -Because $reason
        @($lines -ceq 'SEE ALSO') | Should -HaveCount 1 -Because $reason
        $lines | Where-Object { $_.Length -gt 80 -or $_.EndsWith(' ') } | Should -BeNullOrEmpty -Because $reason
    }

    It 'matches its source' {
        # Headings are in capitals, text is wrapped, and a table may lose its head, whose cells then stand before those of each row.
        $heads = [regex]::Matches($source, '(?m)^\|(?: [^|\n]+\|){3,}(?=\n\|-)').Value
        $labels = @($heads -split '\|').Trim().Where{ $_ }.ForEach{ [regex]::Escape($_) } -join '|'
        $expected = $source -replace '\n\|[^\n]*\n\|[-|]+\n', "`n" -replace '(?m)^```.*$'
        $actual = $text -replace '\n[^\n]*\n(?: +-+){2,}\n', "`n" -replace '\ATOPIC'
        if ($labels) {
            $actual = $actual -replace "(?m)^ {8}(?:$labels): "
        }
        $expected, $actual = $expected, $actual | ForEach-Object { $_.ToUpperInvariant() -replace '[\s`*#|\\]' }
        $actual | Should -BeExactly $expected -Because $reason
    }

    It 'is found by its name and by its synopsis' {
        "$(Get-Help $topic)" -replace '\r' | Should -BeExactly $text
        ($found | Where-Object Name -EQ $topic).Synopsis | Should -Not -BeNullOrEmpty
    }
}

Describe 'A table of a topic' {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot '../../docs/HelpText.psm1')
    }

    AfterAll {
        Remove-Module HelpText
    }

    It 'has aligned columns if they fit, and the last one wraps' {
        $text = ConvertTo-AboutText @'
| reader | .gz | note |
|---|---|---|
| DuckDB | yes | zstd and snappy are read, and so are lz4, gzip and every other one |
| fflate | | a\|b |
'@
        $text -split '\n' | Should -BeExactly @(
            '    reader  .gz  note'
            '    ------  ---  ----'
            '    DuckDB  yes  zstd and snappy are read, and so are lz4, gzip and every other'
            '                 one'
            '    fflate       a|b'
        )
    }

    It 'of two wide columns has the second cell below the first' {
        $text = ConvertTo-AboutText @'
| id | what to do |
|---|---|
| NotFound, InvalidId, NameNotFound, NameAmbiguous | check the id |
'@
        $text -split '\n' | Should -BeExactly @(
            '    NotFound, InvalidId, NameNotFound, NameAmbiguous'
            '        check the id'
        )
    }

    It 'of more and wide columns says before each cell which column it is' {
        $text = ConvertTo-AboutText @'
| key | meaning | left out |
|---|---|---|
| previousName | the name that the export had before it was renamed, if it is to be renamed | no rename |
| `filters` | an array | |
'@
        $text -split '\n' | Should -BeExactly @(
            '    previousName'
            '        meaning: the name that the export had before it was renamed, if it is to'
            '            be renamed'
            '        left out: no rename'
            '    filters'
            '        meaning: an array'
        )
    }
}
