using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Takes an export as it was read; other pipeline input does not bind here.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ExportObjectTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => null,
        BatchExport export => export,
        var other => throw new ArgumentTransformationMetadataException(
            $"'{other}' is not a batch export. Give what Get-BatchExport returns.", new PSInvalidCastException()),
    };
}
