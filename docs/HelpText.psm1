<#
    What turns the Markdown of docs/en-US into text that reads well in Get-Help: PlatyPS leaves Markdown's marks in the MAML, and
    does not know about_ topics.
#>

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$script:Width = 80
$script:Namespaces = @{
    command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
    maml    = 'http://schemas.microsoft.com/maml/2004/10'
    dev     = 'http://schemas.microsoft.com/maml/dev/2004/10'
}

# Takes the marks off a line. Text between backticks is left alone but for the backticks.
function ConvertTo-PlainLine([string] $Text) {
    $parts = @($Text -split '`')
    for ($i = 0; $i -lt $parts.Count; $i += 2) {
        $parts[$i] = $parts[$i] -replace '\[(?<text>[^\]]+)\]\((?<url>https?:[^)]+)\)', '${text} (${url})' -replace '\[(?<text>[^\]]+)\]\([^)]*\)', '${text}' `
            -replace '\*\*(?<text>[^*]+)\*\*', '${text}' -replace '(?<![\w*])\*(?<text>[^*\s][^*]*)\*(?![\w*])', '${text}' -replace '\\(?=[\\*_<>|\[\]])'
    }
    $parts -join ''
}

# Cuts Markdown into blocks: Kind (heading, code, table, item, text), Level or Language, Lines.
function Get-Block([string] $Markdown) {
    $block = $null
    $fence = $null
    foreach ($line in $Markdown -split '\r?\n') {
        if ($fence) {
            if ($line -match '^```\s*$') {
                $block
                $block = $fence = $null
            }
            else {
                $block.Lines.Add($line)
            }
            continue
        }

        $kind, $text = switch -Regex ($line) {
            '^```(?<language>\w*)' { 'code', $Matches.language; break }
            '^#+ ' { 'heading', ($line -replace '^#+ '); break }
            '^\s*$' { 'none', ''; break }
            '^\|' { 'table', $line; break }
            '^(- |\d+\. )' { 'item', $line; break }
            default { 'more', $line.Trim() }
        }
        $fence = $kind -eq 'code'
        $goesOn = $block -and (($kind -eq 'more' -and $block.Kind -in 'text', 'item') -or ($kind -eq 'table' -and $block.Kind -eq 'table'))
        if (-not $goesOn) {
            if ($block) {
                $block
            }
            $block = $kind -eq 'none' ? $null : [pscustomobject]@{
                Kind     = $kind -eq 'more' ? 'text' : $kind
                Level    = $line -match '^(?<hashes>#+) ' ? $Matches.hashes.Length : 0
                Language = $kind -eq 'code' ? $text : ''
                Lines    = [System.Collections.Generic.List[string]]::new()
            }
        }
        if ($kind -notin 'code', 'none') {
            $block.Lines.Add($text)
        }
    }
    if ($block) {
        $block
    }
}

function Split-Line([string] $Text, [int] $Indent, [int] $Hanging = $Indent) {
    $line = ' ' * $Indent
    $isEmpty = $true
    foreach ($word in $Text -split ' +') {
        if (-not $isEmpty -and $line.Length + 1 + $word.Length -gt $script:Width) {
            $line
            $line = ' ' * $Hanging
            $isEmpty = $true
        }
        $line += $isEmpty ? $word : " $word"
        $isEmpty = $false
    }
    $line
}

# Aligned columns, of which the last one wraps; if too little width is left for that, an entry for each row, below its first cell.
function Format-Row([string[]] $Lines, [int] $Indent) {
    # The first row is the head.
    $rows = @(foreach ($line in $Lines -notmatch '^\|[-:|\s]+\|$') {
            $cells = foreach ($cell in $line.Trim() -replace '^\||\|$' -split '(?<!\\)\|') {
                ConvertTo-PlainLine $cell.Trim()
            }
            , @($cells)
        })
    $widths = @(for ($i = 0; $i -lt $rows[0].Count - 1; $i++) { ($rows | ForEach-Object { $_[$i].Length } | Measure-Object -Maximum).Maximum })
    $start = $Indent + ($widths | Measure-Object -Sum).Sum + 2 * $widths.Count
    if ($start -gt 0.6 * $script:Width) {
        $isLabelled = $rows[0].Count -gt 2
        foreach ($row in $rows | Select-Object -Skip 1) {
            Split-Line $row[0] -Indent $Indent
            for ($i = 1; $i -lt $row.Count; $i++) {
                if ($row[$i]) {
                    $label = $isLabelled ? "$($rows[0][$i]): " : ''
                    Split-Line "$label$($row[$i])" -Indent ($Indent + 4) -Hanging ($Indent + ($isLabelled ? 8 : 4))
                }
            }
        }
        return
    }

    $rule = @($rows[0] | ForEach-Object { '-' * $_.Length })
    $index = 0
    foreach ($row in $rows) {
        foreach ($shown in $index++ -eq 0 ? @($row, $rule) : @(, $row)) {
            $left = ' ' * $Indent
            for ($i = 0; $i -lt $widths.Count; $i++) {
                $left += $shown[$i].PadRight($widths[$i] + 2)
            }
            $right = @(Split-Line $shown[-1] -Indent $start)
            ($left + $right[0].TrimStart()).TrimEnd()
            $right | Select-Object -Skip 1
        }
    }
}

<#
.SYNOPSIS
    The text of an about_ topic, in the layout and the width that Get-Help's readers expect.
#>
function ConvertTo-AboutText {
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory)] [string] $Markdown)

    $lines = [System.Collections.Generic.List[string]]::new()
    $last = ''
    foreach ($block in Get-Block $Markdown) {
        $isTight = $last -eq 'heading' -or ($last -eq 'item' -and $block.Kind -eq 'item')
        if ($lines.Count -gt 0 -and -not $isTight) {
            $lines.Add('')
        }
        $text = ConvertTo-PlainLine ($block.Lines -join ' ')
        switch ($block.Kind) {
            'heading' {
                if ($block.Level -eq 1) {
                    $lines.AddRange([string[]] ('TOPIC', "    $text"))
                }
                else {
                    $lines.Add($block.Level -eq 2 ? $text.ToUpperInvariant() : "  $text")
                }
            }
            'code' { $lines.AddRange([string[]] @($block.Lines | ForEach-Object { "        $_".TrimEnd() })) }
            'table' { $lines.AddRange([string[]] @(Format-Row $block.Lines -Indent 4)) }
            'item' { $lines.AddRange([string[]] @(Split-Line $text -Indent 4 -Hanging ($text.IndexOf(' ') + 5))) }
            'text' { $lines.AddRange([string[]] @(Split-Line $text -Indent 4)) }
        }
        # A level-1 heading is a whole section.
        $last = $block.Kind -eq 'heading' -and $block.Level -eq 1 ? 'topic' : $block.Kind
    }
    $lines -join "`n"
}

# The paragraphs of a piece of Markdown, without its marks.
function ConvertTo-Paragraph([string] $Markdown) {
    $items = [System.Collections.Generic.List[string]]::new()
    foreach ($block in Get-Block $Markdown) {
        if ($block.Kind -eq 'item') {
            $items.Add((ConvertTo-PlainLine ($block.Lines -join ' ')))
            continue
        }
        if ($items.Count -gt 0) {
            $items -join "`n"
            $items.Clear()
        }
        switch ($block.Kind) {
            'code' { @($block.Lines | ForEach-Object { "    $_".TrimEnd() }) -join "`n" }
            # Get-Help indents it by four.
            'table' { @(Format-Row $block.Lines -Indent 4) -replace '^ {4}' -join "`n" }
            default { ConvertTo-PlainLine ($block.Lines -join ' ') }
        }
    }
    if ($items.Count -gt 0) {
        $items -join "`n"
    }
}

function Add-Element([System.Xml.XmlNode] $Parent, [string] $Name, [string] $Text) {
    $prefix, $local = $Name -split ':'
    $element = $Parent.OwnerDocument.CreateElement($prefix, $local, $script:Namespaces[$prefix])
    if ($Text) {
        $element.InnerText = $Text
    }
    $Parent.AppendChild($element)
}

function Write-Paragraph([System.Xml.XmlNode] $Node, [string[]] $Text) {
    $Node.RemoveAll()
    foreach ($paragraph in $Text) {
        $null = Add-Element -Parent $Node -Name 'maml:para' -Text $paragraph
    }
}

# Get-Help puts an example's introduction and its code on one line, so all that is said about an example comes after its code.
function Format-Example([System.Xml.XmlNode] $Node, [Microsoft.PowerShell.PlatyPS.Model.Example] $Example) {
    $parts = [regex]::Split($Example.Remarks, '(?ms)^```console\r?\n(?<code>.*?)\r?\n```[ \t]*$')
    if ($parts.Count -ne 3) {
        throw "'$($Example.Title)' does not have one console block."
    }

    $title = $Node.SelectSingleNode('*[local-name() = "title"]').InnerText
    $Node.RemoveAll()
    $null = Add-Element -Parent $Node -Name 'maml:title' -Text $title
    $null = Add-Element -Parent $Node -Name 'dev:code' -Text $parts[1]
    $text = @(ConvertTo-Paragraph $parts[0]; ConvertTo-Paragraph $parts[2])
    # The empty one keeps the next example's title apart.
    Write-Paragraph (Add-Element -Parent $Node -Name 'dev:remarks') @($text; if ($text) { '' })
}

function Get-PipelineInput([Microsoft.PowerShell.PlatyPS.Model.ParameterSet[]] $Set) {
    $ways = @(
        if ($Set.ValueFromPipeline -contains $true) { 'ByValue' }
        if ($Set.ValueFromPipelineByPropertyName -contains $true) { 'ByPropertyName' }
    )
    $ways.Count -eq 0 ? 'false' : "true ($($ways -join ', '))"
}

# PlatyPS goes by a parameter's first set, and says of no parameter of a syntax that it takes pipeline input.
function Complete-Parameter([System.Xml.XmlNode] $Command, [Microsoft.PowerShell.PlatyPS.Model.CommandHelp] $Source) {
    foreach ($node in $Command.SelectNodes('*[local-name() = "parameters"]/*')) {
        $name = $node.SelectSingleNode('*[local-name() = "name"]').InnerText
        $parameter = $Source.Parameters | Where-Object Name -EQ $name
        $positions = @(@($parameter.ParameterSets.Position) -match '^\d+$' | Sort-Object)
        $node.SetAttribute('required', $parameter.ParameterSets.IsRequired -contains $false ? 'false' : 'true')
        $node.SetAttribute('position', $positions.Count -eq 0 ? 'named' : $positions[0])
        $node.SetAttribute('pipelineInput', (Get-PipelineInput $parameter.ParameterSets))
        $node.SetAttribute('globbing', "$($parameter.SupportsWildcards)".ToLowerInvariant())
        $node.SetAttribute('aliases', $parameter.Aliases.Count -eq 0 ? 'none' : $parameter.Aliases -join ', ')
        $value = $node.SelectSingleNode('*[local-name() = "parameterValue"]')
        if ($value) {
            $value.InnerText = $parameter.Type -replace '^System\.Nullable`1\[(?<type>.+)\]$', '${type}' -replace '[\w.]+\.(?=\w)'
            $value.SetAttribute('variableLength', 'false')
        }
        if ($parameter.DefaultValue) {
            $null = Add-Element -Parent $node -Name 'dev:defaultValue' -Text $parameter.DefaultValue
        }
    }

    $syntaxes = @($Command.SelectNodes('*[local-name() = "syntax"]/*'))
    for ($i = 0; $i -lt $syntaxes.Count; $i++) {
        $set = $Source.Syntax[$i].ParameterSetName
        foreach ($node in $syntaxes[$i].SelectNodes('*[local-name() = "parameter"]')) {
            $name = $node.SelectSingleNode('*[local-name() = "name"]').InnerText
            $parameter = $Source.Parameters | Where-Object Name -EQ $name
            $node.SetAttribute('pipelineInput', (Get-PipelineInput @($parameter.ParameterSets | Where-Object Name -In $set, '(All)')))
            $node.SetAttribute('globbing', "$($parameter.SupportsWildcards)".ToLowerInvariant())
            $node.SetAttribute('aliases', $parameter.Aliases.Count -eq 0 ? 'none' : $parameter.Aliases -join ', ')
            foreach ($empty in @($node.SelectNodes('*[local-name() = "description"]'))) {
                $null = $node.RemoveChild($empty)
            }
        }
    }
}

# A link to another file of the sources leads nowhere in Get-Help; PlatyPS adds the online version by itself.
function Format-Link([System.Xml.XmlNode] $Command) {
    $seen = [System.Collections.Generic.HashSet[string]]::new()
    foreach ($link in @($Command.SelectNodes('*[local-name() = "relatedLinks"]/*'))) {
        $uri = $link.SelectSingleNode('*[local-name() = "uri"]')
        if ($uri.InnerText -notmatch '^https?:') {
            $uri.InnerText = ''
        }
        elseif (-not $seen.Add($uri.InnerText)) {
            $null = $link.ParentNode.RemoveChild($link)
        }
    }
}

<#
.SYNOPSIS
    Takes Markdown's marks out of MAML that Export-MamlCommandHelp made, cuts text into paragraphs and examples into what is typed and
    what is said about it.
#>
function Update-CommandHelp {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Mandatory)] [string] $Path,
        [Parameter(Mandatory)] [Microsoft.PowerShell.PlatyPS.Model.CommandHelp[]] $Source
    )

    $document = [System.Xml.XmlDocument]::new()
    $document.Load($Path)
    foreach ($command in $document.DocumentElement.SelectNodes('*[local-name() = "command"]')) {
        $name = $command.SelectSingleNode('*/*[local-name() = "name"]').InnerText
        $help = $Source | Where-Object Title -EQ $name
        Complete-Parameter $command $help
        foreach ($node in @($command.SelectNodes('.//*[local-name() = "description" or local-name() = "alert"]'))) {
            Write-Paragraph $node @(ConvertTo-Paragraph (@($node.SelectNodes('*') | ForEach-Object InnerText) -join "`n`n"))
        }
        Format-Link $command
        $examples = @($command.SelectNodes('*[local-name() = "examples"]/*'))
        for ($i = 0; $i -lt $examples.Count; $i++) {
            Format-Example $examples[$i] $help.Examples[$i]
        }
    }

    if ($PSCmdlet.ShouldProcess($Path, 'Rewrite')) {
        $settings = [System.Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; Encoding = [System.Text.UTF8Encoding]::new($false) }
        $writer = [System.Xml.XmlWriter]::Create($Path, $settings)
        $document.Save($writer)
        $writer.Dispose()
        Add-Content -LiteralPath $Path -Value "`n" -NoNewline
    }
}

Export-ModuleMember -Function 'ConvertTo-AboutText', 'Update-CommandHelp'
