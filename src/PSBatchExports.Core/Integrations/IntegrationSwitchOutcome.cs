namespace PSBatchExports;

/// <summary>The result of switching one export.</summary>
/// <param name="Export">The export as it was last read.</param>
/// <param name="Switch">What is returned of it.</param>
public sealed record IntegrationSwitchOutcome(BatchExport Export, BatchExportIntegrationSwitch Switch)
{
    /// <summary>Whether the export uses the new integration.</summary>
    public bool IsSwitched => Switch.Status is IntegrationSwitchStatus.Switched or IntegrationSwitchStatus.SwitchedUntested;

    /// <summary>The failed request; null for none.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Whether it may be switched all the same, because it could not be read after it was written.</summary>
    public bool IsUncertain { get; init; }

    /// <summary>The check of the destination that failed; null for none.</summary>
    public DestinationTestResult? FailedTest { get; init; }
}
