namespace PSBatchExports.Emulator;

/// <summary>A request as it arrived, and the status of its response.</summary>
/// <param name="Path">The path as sent, percent-encoded.</param>
/// <param name="Query">The query as sent, without the question mark; empty if there is none.</param>
/// <param name="StatusCode">0 if there was no response.</param>
/// <param name="At">When the request arrived, by the emulator's clock.</param>
public sealed record RecordedRequest(
    string Method,
    string Path,
    string Query,
    IReadOnlyDictionary<string, string> Headers,
    string Body,
    int StatusCode,
    DateTimeOffset At);
