using System.Globalization;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Takes texts, with nothing for an empty one. Throws where one is all that is left of a list that was written to a file.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextsTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.From(inputData) switch
    {
        null => null,
        string text when string.IsNullOrWhiteSpace(text) => null,
        object?[] list => Array.ConvertAll(list, Text),
        var one => new[] { Text(one) },
    };

    private static string? Text(object? value) => value is null or string or IConvertible
        ? Convert.ToString(value, CultureInfo.InvariantCulture)
        : throw new ArgumentTransformationMetadataException($"'{value}' is not a text.");
}
