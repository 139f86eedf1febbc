using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Converts a connection, or an object that was read over one. Other pipeline input does not bind.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConnectionTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => null,
        BatchExportConnection connection => connection,
        var item when ObjectOrigin.Of(item) is { } connection => connection,
        _ when IsDeserializedConnection(inputData) => throw new ArgumentTransformationMetadataException(
            "A BatchExportConnection cannot be used in another process or session. "
            + "Connect there, or set the environment variables."),
        var other => throw new ArgumentTransformationMetadataException(
            $"'{other}' is not a connection. Give what Connect-BatchExportService -PassThru returns.", new PSInvalidCastException()),
    };

    private static bool IsDeserializedConnection(object value) =>
        value is PSObject bag && bag.TypeNames.Contains($"Deserialized.{typeof(BatchExportConnection).FullName}", StringComparer.Ordinal);
}
