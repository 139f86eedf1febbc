namespace PSBatchExports;

/// <summary>Why a range is not filled.</summary>
public enum RepairProblem
{
    /// <summary>It is filled.</summary>
    None,

    /// <summary>Its backfill or runs of it failed, or it could not be started.</summary>
    Failed,

    /// <summary>Its first interval failed, so the rest of the export was not started.</summary>
    CanaryFailed,

    /// <summary>The service paused the export, so the rest of it was not started.</summary>
    Paused,

    /// <summary>The time ran out. If it has a backfill, that goes on.</summary>
    TimedOut,

    /// <summary>Another backfill is filling that time, or has filled some of it meanwhile.</summary>
    InFlight,
}

/// <summary>The result of filling a range.</summary>
/// <param name="Plan">The plan that it is of.</param>
/// <param name="Range">The range.</param>
/// <param name="Repair">What is returned of it.</param>
/// <param name="Problem">Why it is not filled.</param>
public sealed record RepairOutcome(RepairPlan Plan, RepairRange Range, BatchExportRepair Repair, RepairProblem Problem)
{
    /// <summary>Why it could not be started or watched; null if it could.</summary>
    public Exception? Failure { get; init; }

    /// <summary>The runs of the backfill that failed.</summary>
    public IReadOnlyList<BatchExportRun> NotCompleted { get; init; } = [];
}
