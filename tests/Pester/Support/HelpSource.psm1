<#
    Reads docs/en-US/<cmdlet>.md, which the help of a cmdlet is made from.
#>

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Select-Match([string] $Text, [string] $Pattern) {
    [regex]::Matches($Text, $Pattern, 'Multiline, Singleline, CultureInvariant')
}

# What a YAML block says of a parameter, a line for each fact. Left out are the keys that the engine knows nothing of.
function Get-Fact([string] $Parameter, [string] $Yaml) {
    $set = ''
    switch -Regex -CaseSensitive ($Yaml -split '\n') {
        '^- Name: (.+)$' { $set = $Matches[1]; continue }
        '^- (.+)$' { "-$Parameter Aliases: $($Matches[1])" }
        '^  (\w+: .+)$' { "-$Parameter in ${set}: $($Matches[1])" }
        '^(Type|SupportsWildcards|DontShow): ' { "-$Parameter $_" }
    }
}

function Read-Syntax([string] $Section) {
    foreach ($found in Select-Match $Section '^### (?<set>[^\n]+)\n\n```\n(?<line>.*?)\n```') {
        [pscustomobject]@{ Set = $found.Groups['set'].Value; Line = $found.Groups['line'].Value -replace '\n' }
    }
}

function Read-Parameter([string] $Section) {
    foreach ($found in Select-Match $Section '^### -(?<name>\w+)\n(?<text>.*?)\n```yaml\n(?<yaml>.*?)\n```') {
        $name = $found.Groups['name'].Value
        [pscustomobject]@{ Name = $name; Text = $found.Groups['text'].Value; Facts = @(Get-Fact $name $found.Groups['yaml'].Value) }
    }
}

function Read-Example([string] $Section) {
    $pattern = '^### (?<title>Example [^\n]+)\n(?<before>.*?)^```console\n(?<code>.*?)\n```\n(?<after>.*?)(?=^### |\z)'
    foreach ($found in Select-Match $Section $pattern) {
        $text = $found.Groups['before'].Value + $found.Groups['after'].Value
        [pscustomobject]@{ Title = $found.Groups['title'].Value; Code = $found.Groups['code'].Value; Text = $text }
    }
}

function Read-Type([string] $Section) {
    foreach ($found in Select-Match $Section '^### (?<type>[^\n]+)\n(?<text>.*?)(?=^### |\z)') {
        [pscustomobject]@{ Type = $found.Groups['type'].Value; Text = $found.Groups['text'].Value }
    }
}

<#
.SYNOPSIS
    The Markdown source of a cmdlet's help.
.OUTPUTS
    Title, HelpUri, Synopsis, Description, Notes, Syntaxes (Set, Line), Parameters (Name, Text, Facts), Examples (Title, Code, Text),
    Inputs and Outputs (Type, Text).
#>
function Read-HelpSource {
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory)] [string] $Path)

    $text = (Get-Content -LiteralPath $Path -Raw) -replace '\r'
    $field = @{}
    foreach ($found in Select-Match $text '^(?<name>title|HelpUri): (?<value>[^\n]*)$') {
        $field[$found.Groups['name'].Value] = $found.Groups['value'].Value
    }
    $section = @{}
    foreach ($found in Select-Match $text '^## (?<name>[^\n]+)\n(?<text>.*?)(?=^## |\z)') {
        $section[$found.Groups['name'].Value] = $found.Groups['text'].Value
    }

    [pscustomobject]@{
        Title       = $field['title']
        HelpUri     = $field['HelpUri']
        Synopsis    = $section['SYNOPSIS']
        Description = $section['DESCRIPTION']
        Notes       = $section['NOTES']
        Syntaxes    = @(Read-Syntax $section['SYNTAX'])
        Parameters  = @(Read-Parameter $section['PARAMETERS'])
        Examples    = @(Read-Example $section['EXAMPLES'])
        Inputs      = @(Read-Type $section['INPUTS'])
        Outputs     = @(Read-Type $section['OUTPUTS'])
    }
}

Export-ModuleMember -Function 'Read-HelpSource'
