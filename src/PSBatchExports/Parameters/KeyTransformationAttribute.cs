using System.Collections;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// Converts an id or name, a GUID, or an object that has one. Throws for other input, which the engine then binds by property name.
/// </summary>
/// <param name="properties">The properties that may hold the key, in order of preference.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyTransformationAttribute(params string[] properties) : ArgumentTransformationAttribute
{
    /// <summary>The properties that may hold the key, in order of preference.</summary>
    public IReadOnlyList<string> Properties { get; } = properties;

    /// <summary>
    /// The expected input, for the error about an object of this module without a key; null if the object may bind to another parameter.
    /// </summary>
    public string? Expected { get; set; }

    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => null,
        string text => text,
        Guid id => id.ToString(),
        IEnumerable list and not IDictionary => list.Cast<object?>().Select(Key).ToArray(),
        _ => Key(inputData),
    };

    private string? Key(object? value)
    {
        switch (PlainValues.Unwrap(value))
        {
            case null:
                return null;
            case string text:
                return text;
            case Guid id:
                return id.ToString();
        }

        var item = PSObject.AsPSObject(value);
        foreach (var name in Properties.Concat(IsRow(item) ? ["Id", "Name"] : []))
        {
            if (PlainValues.Unwrap(item.Properties[name]?.Value) is { } key && key.ToString() is { Length: > 0 } text)
                return text;
        }

        throw Refuse(item);
    }

    // Rows of a file or a query may identify an export by Id or Name.
    private bool IsRow(PSObject item)
    {
        var isExportKey = Properties.Any(name => name is "Id" or "BatchExportId");
        return isExportKey && item.BaseObject is PSCustomObject && item.Properties["RunId"] is null;
    }

    private ArgumentTransformationMetadataException Refuse(PSObject item)
    {
        var type = item.TypeNames.Count > 0 ? item.TypeNames[0] : item.BaseObject.GetType().FullName;
        var name = type?.Split('.')[^1];
        var hasNoKey = item.BaseObject is ServiceObject && Properties.All(property => item.Properties[property] is null);
        return Expected is { } expected && hasNoKey
            ? new ArgumentTransformationMetadataException($"A {name} has no {Properties[0]}. Give {expected}.")
            : new ArgumentTransformationMetadataException($"A {name} has no {Properties[0]}.", new PSInvalidCastException());
    }
}
