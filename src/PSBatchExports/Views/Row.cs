using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;

namespace PSBatchExports.Views;

/// <summary>
/// Formats the cells of a deserialized object. Live objects format their own cells, which also works in constrained language
/// mode. The views use:
/// <code>'{0:Cell}' -f ($_ -is [System.Management.Automation.PSCustomObject] ? ($_ -as [PSBatchExports.Views.Row]) : $_)</code>
/// </summary>
[TypeConverter(typeof(RowConverter))]
public sealed class Row : IFormattable
{
    private readonly PSObject _item;

    internal Row(PSObject item) => _item = item;

    /// <inheritdoc />
    public string ToString(string? format, IFormatProvider? formatProvider) =>
        new ViewText(Read, TimeProvider.System.GetUtcNow()).Format(_item, format ?? "");

    private static object? Read(object item, string name)
    {
        var value = PSObject.AsPSObject(item).Properties[name]?.Value;
        return value is PSObject { BaseObject: not PSCustomObject and var baseObject } ? baseObject : value;
    }
}
