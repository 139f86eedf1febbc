namespace PSBatchExports;

/// <summary>The known values of open sets. The service may have more, so others are accepted, too.</summary>
public static class KnownValues
{
    /// <summary>The models of exports (docs/wire.md, section 6).</summary>
    public static IReadOnlyList<string> Models { get; } = ["events", "persons", "sessions", "hogql"];

    /// <summary>The intervals of exports (docs/wire.md, section 7).</summary>
    public static IReadOnlyList<string> Intervals { get; } = ["hour", "day", "week", "every 15 minutes", "every 5 minutes"];

    /// <summary>The levels of log lines (docs/wire.md, section 10).</summary>
    public static IReadOnlyList<string> LogLevels { get; } = ["DEBUG", "INFO", "WARNING", "ERROR"];

    /// <summary>The incremental modes of exports (docs/wire.md, section 6).</summary>
    public static IReadOnlyList<string> IncrementalModes { get; } = ["APPEND", "MERGE"];
}
