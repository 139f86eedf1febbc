namespace PSBatchExports.Emulator.History;

/// <param name="Status">How each of its runs ended.</param>
internal sealed record PastBackfill(IReadOnlyList<PastInterval> Intervals, DateTimeOffset CreatedAt, string Status);
