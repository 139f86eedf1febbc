using System.Collections;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// Converts a hashtable or a row of ConvertFrom-Json; empty text is null. Throws for other values, because the engine would
/// silently drop a piped value that does not convert.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DictionaryTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.From(inputData) switch
    {
        null => null,
        string text when string.IsNullOrWhiteSpace(text) => null,
        IDictionary dictionary => dictionary,
        var other => throw new ArgumentTransformationMetadataException($"'{other}' is not a hashtable."),
    };
}
