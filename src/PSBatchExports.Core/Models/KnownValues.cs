namespace PSBatchExports;

/// <summary>Values of open sets that this version knows. The service may know more, so none is refused for not being here.</summary>
public static class KnownValues
{
    /// <summary>Models (docs/wire.md, section 6).</summary>
    public static IReadOnlyList<string> Models { get; } = ["events", "persons", "sessions", "hogql"];

    /// <summary>Intervals (docs/wire.md, section 7).</summary>
    public static IReadOnlyList<string> Intervals { get; } = ["hour", "day", "week", "every 15 minutes", "every 5 minutes"];

    /// <summary>Levels of log lines (docs/wire.md, section 10).</summary>
    public static IReadOnlyList<string> LogLevels { get; } = ["DEBUG", "INFO", "WARNING", "ERROR"];

    /// <summary>Incremental modes (docs/wire.md, section 6).</summary>
    public static IReadOnlyList<string> IncrementalModes { get; } = ["APPEND", "MERGE"];
}
