using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// Takes a list of hashtables or rows of ConvertFrom-Json, or one of them, with nothing for an empty text. Throws where one cannot be sent, because the engine would
/// drop a piped value that does not convert.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.From(inputData) switch
    {
        null => null,
        string text when string.IsNullOrWhiteSpace(text) => null,
        object?[] list => Array.ConvertAll(list, Entry),
        var one => new[] { Entry(one) },
    };

    private static object? Entry(object? value) => value is string or IConvertible
        ? throw new ArgumentTransformationMetadataException($"'{value}' is not a filter. Give hashtables, such as @{{ key = '$browser'; operator = 'exact'; type = 'event'; value = @('Firefox') }}.")
        : value;
}
