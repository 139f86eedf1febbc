namespace PSBatchExports.Emulator;

/// <summary>One request as it arrived and what it was answered with.</summary>
/// <param name="Path">The path as sent, with its percent-encoding.</param>
/// <param name="Query">The query as sent, without the question mark; empty when there is none.</param>
/// <param name="StatusCode">0 when the connection was reset or nothing was ever answered.</param>
/// <param name="At">When it arrived, by the emulator's clock.</param>
public sealed record RecordedRequest(
    string Method,
    string Path,
    string Query,
    IReadOnlyDictionary<string, string> Headers,
    string Body,
    int StatusCode,
    DateTimeOffset At);
