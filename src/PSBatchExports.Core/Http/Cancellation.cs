namespace PSBatchExports.Http;

/// <summary>What the answers to a cancel mean.</summary>
internal static class Cancellation
{
    /// <summary>Whether a repeated cancel was refused because the first one took effect (docs/wire.md, section 15).</summary>
    public static bool WasDone(BatchExportException failure) =>
        failure is InvalidRequestException && failure.Detail?.Contains("'Cancelled'", StringComparison.Ordinal) == true;
}
