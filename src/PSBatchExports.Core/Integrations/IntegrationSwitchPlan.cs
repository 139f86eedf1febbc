namespace PSBatchExports;

/// <summary>The exports to switch from one integration to another.</summary>
/// <param name="From">The old integration.</param>
/// <param name="To">The new integration.</param>
/// <param name="Exports">The exports that use the old one, by name.</param>
public sealed record IntegrationSwitchPlan(
    BatchExportIntegration From, BatchExportIntegration To, IReadOnlyList<BatchExport> Exports);
