using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Reads whole numbers, with nothing for an empty text. Throws where the value is none, because the engine would drop a piped value that does not convert.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IntTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => null,
        string text when string.IsNullOrWhiteSpace(text) => null,
        var value when WholeNumbers.Read(value) is { } number => number,
        var other => throw new ArgumentTransformationMetadataException($"'{other}' is not a whole number."),
    };
}
