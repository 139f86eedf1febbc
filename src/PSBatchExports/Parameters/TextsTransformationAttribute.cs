using System.Globalization;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Converts strings; empty text is null. Throws for the type name of a list, which is what CSV keeps of one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextsTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.From(inputData) switch
    {
        null => null,
        string text when string.IsNullOrWhiteSpace(text) => null,
        object?[] list => Array.ConvertAll(list, Text),
        var single => new[] { Text(single) },
    };

    private static string? Text(object? value) => value is null or string or IConvertible
        ? Convert.ToString(value, CultureInfo.InvariantCulture)
        : throw new ArgumentTransformationMetadataException($"'{value}' is not a text.");
}
