namespace PSBatchExports.Emulator.Data;

/// <summary>A cell that holds JSON: nested in JSON lines, a string in Parquet.</summary>
internal sealed record JsonText(string Value);
