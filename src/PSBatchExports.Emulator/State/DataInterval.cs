namespace PSBatchExports.Emulator.State;

/// <summary>The half-open time span whose rows a run exports.</summary>
internal readonly record struct DataInterval(DateTimeOffset Start, DateTimeOffset End);
