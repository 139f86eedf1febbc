namespace PSBatchExports;

/// <summary>The statuses of runs (docs/wire.md, section 11). The set is open: a status that is not listed here is text like any other.</summary>
public static class RunStatus
{
    /// <summary>Made, work not begun.</summary>
    public const string Starting = nameof(Starting);

    /// <summary>Work under way.</summary>
    public const string Running = nameof(Running);

    /// <summary>Ended well.</summary>
    public const string Completed = nameof(Completed);

    /// <summary>Ended because somebody asked for it.</summary>
    public const string Cancelled = nameof(Cancelled);

    /// <summary>All statuses known to this module.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Starting, Running, Completed, "Failed", "FailedRetryable", "FailedBilling", Cancelled, "Terminated", "TimedOut", "ContinuedAsNew"];

    /// <summary>Whether a run in this status still goes on.</summary>
    /// <param name="status">The status; null counts as ended.</param>
    public static bool IsActive(string? status) => status is Starting or Running;

    /// <summary>Whether this status is a failure.</summary>
    /// <param name="status">The status.</param>
    public static bool IsFailure(string? status) => status is "Failed" or "FailedRetryable" or "FailedBilling" or "Terminated" or "TimedOut";
}
