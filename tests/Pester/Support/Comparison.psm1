<#
    Compares objects that were serialized with their originals.
#>

function Get-Field([object] $Thing, [string] $Name) {
    $Thing -is [System.Collections.IDictionary] ? $Thing[$Name] : $Thing.$Name
}

function Get-FieldName([object] $Thing) {
    $Thing -is [System.Collections.IDictionary] ? $Thing.Keys : $Thing.PSObject.Properties.Name
}

# How a value differs from the original, and where; nothing if it does not.
function Get-Difference([object] $Was, [object] $Is, [string] $Way, [string] $Place) {
    if ($null -eq $Was) {
        if (-not ($null -eq $Is -or ($Way -eq 'CSV' -and $Is -eq ''))) { "${Place}: '$Is' came of nothing" }
    }
    elseif ($Was -is [datetimeoffset]) {
        # Texts of a culture are read, or refused, where they are given as times.
        $at = $Way -eq 'CSV' ? $Was.UtcDateTime : $Way -eq 'JSON' ? $Is.ToUniversalTime() : $Is.UtcDateTime
        if ($at -ne $Was.UtcDateTime) { "${Place}: $($Was.ToString('o')) became $at" }
    }
    elseif ($Was -is [timespan]) {
        if (($Way -eq 'JSON' ? $Is.Ticks : ([timespan] $Is).Ticks) -ne $Was.Ticks) { "${Place}: $Was became $Is" }
    }
    elseif ($Was -is [enum]) {
        if ([int] $Was -ne ($Way -eq 'CSV' ? [int] ($Is -as $Was.GetType()) : [int] $Is)) { "${Place}: $Was became $Is" }
    }
    elseif ($Was -is [string] -or $Was.GetType().IsPrimitive -or $Was -is [decimal]) {
        if ([string] $Was -cne [string] $Is) { "${Place}: '$Was' became '$Is'" }
    }
    elseif ($Way -eq 'CSV') {
        # One cell has no room for what is nested.
    }
    elseif ($Was -is [System.Collections.IDictionary] -or $Was -isnot [System.Collections.IEnumerable]) {
        $notes = 'PSComputerName', 'PSShowComputerName', 'PSSourceJobInstanceId', 'RunspaceId'
        $names = Get-FieldName $Was
        $others = Get-FieldName $Is | Where-Object { $_ -notin $names -and $_ -notin $notes }
        if ($others) { "${Place}: there is '$others', too" }
        foreach ($name in $names) {
            Get-Difference (Get-Field $Was $name) (Get-Field $Is $name) $Way "$Place.$name"
        }
    }
    else {
        $items = @($Was)
        if ($items.Count -ne @($Is).Count) { "${Place}: $($items.Count) became $(@($Is).Count)" }
        for ($at = 0; $at -lt $items.Count; $at++) {
            Get-Difference $items[$at] @($Is)[$at] $Way "$Place[$at]"
        }
    }
}

# The same JSON with its properties in order, as hashtables have none.
function ConvertTo-SortedJson([string] $Json) {
    function Get-Ordered([object] $Value) {
        if ($Value -is [System.Collections.IDictionary]) {
            $ordered = [ordered] @{}
            $Value.Keys | Sort-Object | ForEach-Object { $ordered[$_] = Get-Ordered $Value[$_] }
            $ordered
        }
        elseif ($Value -is [System.Collections.IList]) {
            , @($Value | ForEach-Object { Get-Ordered $_ })
        }
        else {
            $Value
        }
    }
    $Json ? (ConvertTo-Json (Get-Ordered (ConvertFrom-Json $Json -AsHashtable)) -Depth 9 -Compress) : ''
}

# An object as it comes back from CLIXML.
function Copy-Object([object] $Object, [int] $Depth) {
    $text = [System.Management.Automation.PSSerializer]::Serialize($Object, $Depth)
    [System.Management.Automation.PSSerializer]::Deserialize($text)
}

# What a command sends, outputs and reports, without what differs from one call to the next.
function Get-Outcome([scriptblock] $Again, [object] $Thing) {
    Clear-EmulatorRequest
    $seen = Invoke-Watched { & $Again $Thing }
    @{
        Errors   = @($seen.Errors + $seen.Terminating | Where-Object { $_ }).ForEach('ToString') -join "`n"
        Requests = (Get-EmulatorRequest | ForEach-Object { "$($_.method) $($_.path)$($_.query) $(ConvertTo-SortedJson $_.body)" } |
            Sort-Object -Unique) -join "`n"
        Output   = @($seen.Output |
            ForEach-Object { $_.PSObject.Properties['Id'] -and $_.Name -in 'x', 'weekly', 'hogql' ? $_.Name : "$_" }) -join "`n"
    }
}

Export-ModuleMember -Function 'Copy-Object', 'Get-Difference', 'Get-Outcome'
