using System.Globalization;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Converts the number or name of an integration, or an integration as it was read, to text.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IntegrationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => null,
        string text => text,
        var value when Number(value, inputData) is { } number => number.ToString(CultureInfo.InvariantCulture),
        var other => throw new ArgumentTransformationMetadataException(
            $"'{other}' is not an integration. Give its number, its name, or what Get-BatchExportIntegration returns."),
    };

    private static int? Number(object value, object inputData) =>
        WholeNumbers.Read(value)
        ?? WholeNumbers.Read(PlainValues.Unwrap(PSObject.AsPSObject(inputData).Properties["IntegrationId"]?.Value));
}
