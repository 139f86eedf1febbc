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

    private static object? Read(object item, string name) => PSObject.AsPSObject(item).Properties[name]?.Value switch
    {
        PSObject { BaseObject: PSCustomObject } bag => Time(bag) ?? (object)bag,
        PSObject wrapped => wrapped.BaseObject,
        var value => value,
    };

    // A time with an offset is serialized as its properties.
    private static DateTimeOffset? Time(PSObject bag) =>
        bag.Properties[nameof(DateTimeOffset.UtcDateTime)]?.Value is { } utc && LanguagePrimitives.TryConvertTo(utc, CultureInfo.InvariantCulture, out DateTime time)
            ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
            : null;
}
