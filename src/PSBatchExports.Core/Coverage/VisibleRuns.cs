namespace PSBatchExports.Coverage;

/// <summary>What can be told from the newest runs that an export comes with, without another request.</summary>
internal static class VisibleRuns
{
    private const int MaxRuns = 10;

    /// <summary>
    /// The chain of the intervals of which all runs are among the newest. Null if they do not suffice: if no such interval is due, or if
    /// the chain ended before them.
    /// </summary>
    public static async Task<DataChain?> ReadAsync(BatchExport export, ExportSchedule schedule, DateTimeOffset now)
    {
        if (export.LatestRuns is not { } runs)
            return null;

        // A run is created after its interval has ended, so runs of intervals that end later than this are among the newest.
        var isAll = runs.Count < MaxRuns;
        var since = isAll ? runs.Min(run => run.DataIntervalStart) ?? export.CreatedAt : runs.Min(run => run.CreatedAt);
        if (since is not { } start || start >= now)
            return isAll ? new DataChain() : null;

        var chain = new DataChain();
        var reader = new CoverageReader(schedule, new CoverageRules(schedule, now, CoverageRules.PauseOf(export, now)))
        {
            ReadBackfills = _ => Task.FromResult<IReadOnlyList<BatchExportBackfill>>([]),
        };
        await foreach (var interval in reader.ReadAsync(new TimeRange(start, now), ByInterval(runs), CancellationToken.None))
            chain.Add(interval);

        return chain.Until is not null || isAll ? chain : null;
    }

    private static async IAsyncEnumerable<BatchExportRun> ByInterval(IEnumerable<BatchExportRun> runs)
    {
        await Task.CompletedTask;
        foreach (var run in runs.OrderBy(run => run.DataIntervalStart))
            yield return run;
    }
}
