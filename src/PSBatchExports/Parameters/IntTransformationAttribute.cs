using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// Converts integers; empty text is null. Throws for other values, because the engine would silently drop a piped value that does
/// not convert.
/// </summary>
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
