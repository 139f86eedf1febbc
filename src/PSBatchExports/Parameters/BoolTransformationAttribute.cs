using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// Converts true and false, also as text; empty text is null. Throws for other values, because the engine would silently drop a piped value
/// that does not convert.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BoolTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether an empty value is false instead of null.</summary>
    public bool EmptyIsFalse { get; set; }

    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => Empty,
        string text when string.IsNullOrWhiteSpace(text) => Empty,
        string text when bool.TryParse(text, out var flag) => flag,
        bool flag => flag,
        SwitchParameter flag => flag.IsPresent,
        not string and var value when WholeNumbers.Read(value) is { } number and (0 or 1) => number == 1,
        var other => throw new ArgumentTransformationMetadataException($"'{other}' is neither true nor false."),
    };

    private bool? Empty => EmptyIsFalse ? false : null;
}
