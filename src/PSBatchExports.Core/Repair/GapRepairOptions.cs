namespace PSBatchExports;

/// <summary>How gaps are filled.</summary>
public sealed record GapRepairOptions
{
    /// <summary>How many ranges are in progress at once in a project; at least 1.</summary>
    public int ThrottleLimit { get; init; } = 4;

    /// <summary>Whether one interval is exported first, so that a destination that does not work is found out at once.</summary>
    public bool HasCanary { get; init; } = true;

    /// <summary>
    /// How much earlier ranges begin that are filled by event time, so that events that arrived that late are in them. It repeats rows.
    /// </summary>
    public TimeSpan LatenessMargin { get; init; }

    /// <summary>How long the work may take; null for no limit. What is in progress then goes on.</summary>
    public TimeSpan? Timeout { get; init; }
}
