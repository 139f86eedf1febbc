namespace PSBatchExports;

/// <summary>Which lines of a log to read (docs/wire.md, section 10).</summary>
public sealed record LogQuery
{
    /// <summary>Strictly after this time; null for no bound.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Strictly before this time; null for no bound.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Levels to keep; null or empty for all.</summary>
    public IReadOnlyList<string>? Levels { get; init; }

    /// <summary>Text that the message holds, without regard to case; null for any.</summary>
    public string? Search { get; init; }

    /// <summary>The workflow execution; null for any.</summary>
    public string? InstanceId { get; init; }
}
