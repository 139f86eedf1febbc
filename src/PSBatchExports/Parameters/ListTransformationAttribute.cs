using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// Converts hashtables or rows of ConvertFrom-Json; empty text is null. Throws for values that cannot be sent, because the engine
/// would silently drop a piped value that does not convert.
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
        var single => new[] { Entry(single) },
    };

    private static object? Entry(object? value) => value is string or IConvertible
        ? throw new ArgumentTransformationMetadataException(
            $"'{value}' is not a filter. Give hashtables, "
            + "such as @{ key = '$browser'; operator = 'exact'; type = 'event'; value = @('Firefox') }.")
        : value;
}
