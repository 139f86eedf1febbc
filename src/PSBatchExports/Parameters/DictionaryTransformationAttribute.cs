using System.Collections;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Takes a hashtable or a row of ConvertFrom-Json, with nothing for an empty text. Throws where the value is neither, because the engine would drop a piped value that does not convert.</summary>
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
