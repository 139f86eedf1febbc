using System.Globalization;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Reads whole numbers, with nothing for an empty text. Throws where the value is none, because the engine would drop a piped value that does not convert.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IntTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        null => null,
        string text when string.IsNullOrWhiteSpace(text) => null,
        string text when int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) => number,
        int number => number,
        long number and >= int.MinValue and <= int.MaxValue => (int)number,
        byte or sbyte or short or ushort => Convert.ToInt32(inputData is PSObject small ? small.BaseObject : inputData, CultureInfo.InvariantCulture),
        var other => throw new ArgumentTransformationMetadataException($"'{other}' is not a whole number."),
    };
}
