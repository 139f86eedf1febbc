using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Takes a connection, or an object that came from one that is open. What else is piped in does not bind here.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConnectionTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => null,
        BatchExportConnection connection => connection,
        var item when BatchExportConnection.Of(item) is { IsOpen: true } connection => connection,
        _ when IsLeftBehind(inputData) => throw new ArgumentTransformationMetadataException(
            "A BatchExportConnection is closed in another process or session than its own. Connect there, or set the environment variables."),
        var other => throw new ArgumentTransformationMetadataException(
            $"'{other}' is not a connection. Give what Connect-BatchExportService -PassThru returns.", new PSInvalidCastException()),
    };

    private static bool IsLeftBehind(object value) =>
        value is PSObject bag && bag.TypeNames.Contains($"Deserialized.{typeof(BatchExportConnection).FullName}", StringComparer.Ordinal);
}
