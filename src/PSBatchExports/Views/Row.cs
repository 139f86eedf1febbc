using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;

namespace PSBatchExports.Views;

/// <summary>
/// A deserialized object in a view of its type. Live objects format their cells themselves, which works in constrained language mode, too;
/// the views convert anything else to this: '{0:Cell}' -f ($_ -is [System.Management.Automation.PSCustomObject] ? ($_ -as [PSBatchExports.Views.Row]) : $_).
/// </summary>
[TypeConverter(typeof(RowConverter))]
public sealed class Row : IFormattable
{
    private readonly PSObject _item;

    internal Row(PSObject item) => _item = item;

    /// <inheritdoc />
    public string ToString(string? format, IFormatProvider? formatProvider) =>
        new ViewText(Read, TimeProvider.System.GetUtcNow()).Format(_item, format ?? "");

    private static object? Read(object item, string name) =>
        PSObject.AsPSObject(item).Properties[name]?.Value is PSObject value && value.BaseObject is not PSCustomObject ? value.BaseObject : PSObject.AsPSObject(item).Properties[name]?.Value;
}
