namespace PSBatchExports.Emulator;

/// <param name="SourceId">The export, or the on-demand run.</param>
public sealed record LogRow(Guid SourceId, string InstanceId, DateTimeOffset Timestamp, string Level, string Message);
