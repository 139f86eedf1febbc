namespace PSBatchExports;

/// <summary>The statuses of runs (docs/wire.md, section 11). The set is open: the service may have more.</summary>
public static class RunStatus
{
    /// <summary>Created, not yet running.</summary>
    public const string Starting = nameof(Starting);

    /// <summary>In progress.</summary>
    public const string Running = nameof(Running);

    /// <summary>Ended successfully.</summary>
    public const string Completed = nameof(Completed);

    /// <summary>Cancelled by a user.</summary>
    public const string Cancelled = nameof(Cancelled);

    /// <summary>Refused because the project has reached its billing limit.</summary>
    public const string FailedBilling = nameof(FailedBilling);

    /// <summary>All statuses known to this module.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Starting, Running, Completed, "Failed", "FailedRetryable", FailedBilling, Cancelled, "Terminated", "TimedOut", "ContinuedAsNew"];

    /// <summary>Whether a run in this status is still in progress.</summary>
    /// <param name="status">The status; null counts as ended.</param>
    public static bool IsActive(string? status) => status is Starting or Running;

    /// <summary>Whether this status is a failure.</summary>
    /// <param name="status">The status.</param>
    public static bool IsFailure(string? status) =>
        status is "Failed" or "FailedRetryable" or FailedBilling or "Terminated" or "TimedOut";
}
