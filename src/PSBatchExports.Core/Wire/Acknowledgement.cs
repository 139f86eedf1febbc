namespace PSBatchExports.Wire;

/// <summary>A response whose content does not matter.</summary>
internal sealed record Acknowledgement;
