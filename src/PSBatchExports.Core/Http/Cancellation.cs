namespace PSBatchExports.Http;

/// <summary>Cancel requests.</summary>
internal static class Cancellation
{
    /// <summary>Whether a cancel request was refused because an earlier attempt succeeded (docs/wire.md, section 15).</summary>
    public static bool IsAlreadyCancelled(BatchExportException failure) =>
        failure is InvalidRequestException && failure.Detail?.Contains("'Cancelled'", StringComparison.Ordinal) == true;
}
