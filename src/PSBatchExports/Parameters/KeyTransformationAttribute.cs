using System.Collections;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// Takes what names one thing: its id or name as text or GUID, or an object that has it. Where something else is piped in, the engine goes on to bind
/// it by the names of its properties.
/// </summary>
/// <param name="properties">The properties that have the key, the best first.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyTransformationAttribute(params string[] properties) : ArgumentTransformationAttribute
{
    /// <summary>The properties that have the key, the best first.</summary>
    public IReadOnlyList<string> Properties { get; } = properties;

    /// <summary>
    /// What to give, for an error about an object of this module that has no key; null where the object may bind to another parameter.
    /// </summary>
    public string? Takes { get; set; }

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

    // Rows of a file or a query name exports as people do.
    private bool IsRow(PSObject item) => item.BaseObject is PSCustomObject && Properties.Any(name => name is "Id" or "BatchExportId") && item.Properties["RunId"] is null;

    private ArgumentTransformationMetadataException Refuse(PSObject item)
    {
        var type = item.TypeNames.Count > 0 ? item.TypeNames[0] : item.BaseObject.GetType().FullName;
        var name = type?.Split('.')[^1];
        var isOurs = item.BaseObject is ServiceObject;
        return Takes is { } takes && isOurs && Properties.All(property => item.Properties[property] is null)
            ? new ArgumentTransformationMetadataException($"A {name} has no {Properties[0]}. Give {takes}.")
            : new ArgumentTransformationMetadataException($"A {name} has no {Properties[0]}.", new PSInvalidCastException());
    }
}
