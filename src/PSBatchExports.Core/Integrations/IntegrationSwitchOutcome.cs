namespace PSBatchExports;

/// <summary>The result of switching one export.</summary>
/// <param name="Export">The export as it was last read.</param>
/// <param name="Switch">What is returned of it.</param>
public sealed record IntegrationSwitchOutcome(BatchExport Export, BatchExportIntegrationSwitch Switch)
{
    /// <summary>The failed request; null for none.</summary>
    public Exception? Failure { get; init; }

    /// <summary>The check of the destination that failed; null for none.</summary>
    public DestinationTestResult? FailedTest { get; init; }
}
