namespace PSBatchExports.Reports;

/// <summary>Keeps the newest failed runs of a walk, in which they come by their data.</summary>
internal sealed class FailedRuns(TimeRange window)
{
    private const int MaxKept = 5;

    private readonly List<BatchExportRun> _newest = [];

    /// <summary>The newest, newest first.</summary>
    public IReadOnlyList<BatchExportRun> Newest => [.. _newest.OrderByDescending(run => run.CreatedAt)];

    public void Add(BatchExportRun run)
    {
        if (!run.IsFailed || !(run.DataIntervalEnd > window.Start))
            return;

        _newest.Add(run);
        if (_newest.Count > MaxKept)
            _newest.Remove(_newest.MinBy(kept => kept.CreatedAt)!);
    }
}
