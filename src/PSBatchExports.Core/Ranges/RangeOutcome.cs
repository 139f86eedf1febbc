namespace PSBatchExports;

/// <summary>The result of a window.</summary>
/// <param name="Window">The window as the ledger has it.</param>
/// <param name="Saved">The saved window; null if it could not be saved.</param>
/// <param name="Problem">Why it is not saved.</param>
/// <param name="Failure">The exception behind the problem; null if there is none.</param>
public sealed record RangeOutcome(
    BatchExportLedgerEntry Window, SavedBatchExportWindow? Saved, RangeProblem Problem = RangeProblem.None, Exception? Failure = null)
{
    /// <summary>The runs that may be the window's, if that cannot be told.</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];
}

/// <summary>Why a window is not saved.</summary>
public enum RangeProblem
{
    /// <summary>It is saved.</summary>
    None,

    /// <summary>A request or the disk failed. The same call goes on later.</summary>
    Failed,

    /// <summary>The run ended without data. Another one is started by the next call.</summary>
    RunFailed,

    /// <summary>
    /// The answer to the request that started the run was lost, and it cannot be told which run it started, or whether it did.
    /// </summary>
    RunUnknown,

    /// <summary>The run was paid for, but it or its files are gone.</summary>
    FilesGone,

    /// <summary>The window was not started, because its rows are expected to exceed the limit.</summary>
    OverBudget,

    /// <summary>The window was not started, because of the problem of another one.</summary>
    NotStarted,
}
