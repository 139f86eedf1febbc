using System.Collections;
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

    private static object? Read(object item, string name) => Plain(PSObject.AsPSObject(item).Properties[name]?.Value);

    // Lists and dictionaries hold wrapped values, too.
    private static object? Plain(object? value) => value switch
    {
        PSObject { BaseObject: PSCustomObject } bag => Time(bag) ?? (object)bag,
        PSObject wrapped => Plain(wrapped.BaseObject),
        ArrayList list => list.Cast<object?>().Select(Plain).ToArray(),
        Hashtable entries => entries.Cast<DictionaryEntry>()
            .OrderBy(entry => $"{entry.Key}", StringComparer.Ordinal)
            .ToDictionary(entry => $"{entry.Key}", entry => Plain(entry.Value), StringComparer.Ordinal),
        _ => value,
    };

    // A DateTimeOffset is serialized as a bag of its properties.
    private static DateTimeOffset? Time(PSObject bag)
    {
        if (bag.Properties[nameof(DateTimeOffset.UtcDateTime)]?.Value is not { } utc)
            return null;

        return LanguagePrimitives.TryConvertTo(utc, CultureInfo.InvariantCulture, out DateTime time)
            ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
            : null;
    }
}
