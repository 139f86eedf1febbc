using PSBatchExports.Coverage;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Time;

namespace PSBatchExports;

/// <summary>
/// Tells which intervals of an export's schedule were exported (docs/wire.md, sections 7, 11 and 12). It walks the export's runs once; if
/// intervals lack data, it also reads the backfills in progress.
/// </summary>
public sealed class CoverageClient
{
    // The longest interval, so that runs that begin before a window and reach into it are found. It is a day longer if the clocks change.
    internal static readonly TimeSpan MaxRunLength = TimeSpan.FromDays(8);

    private readonly RunsClient _runs;
    private readonly BackfillsClient _backfills;
    private readonly Api _api;

    internal CoverageClient(Api api, RunsClient runs, BackfillsClient backfills) => (_api, _runs, _backfills) = (api, runs, backfills);

    /// <summary>
    /// The intervals that overlap a window and are due, as stretches of the same state, oldest first. An interval of which the run may
    /// still start is due when the service's jitter is over.
    /// </summary>
    /// <param name="export">The export.</param>
    /// <param name="after">The start of the window.</param>
    /// <param name="before">The end of the window; null for now.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="UnknownScheduleException">The export's interval or time zone is not known here.</exception>
    public async Task<IReadOnlyList<BatchExportCoverage>> GetAsync(
        BatchExport export, DateTimeOffset after, DateTimeOffset? before = null, CancellationToken cancellationToken = default)
    {
        var (schedule, now) = (ExportSchedule.Of(export), _api.ServerClock.GetUtcNow());
        var stretches = new Stretches(export, _api.Origin);
        var window = new CoverageWindow(after, before ?? now, now, MaxRunLength);
        await foreach (var interval in ReadAsync(export, schedule, window, cancellationToken))
            stretches.Add(interval);

        var timeline = new CoverageTimeline(schedule.Interval, stretches.Merged);
        return [.. stretches.Merged.Select(stretch => stretch with { Timeline = timeline })];
    }

    /// <summary>The stretches of a window that lack data and that a backfill can fill, oldest first.</summary>
    /// <param name="export">The export.</param>
    /// <param name="after">The start of the window.</param>
    /// <param name="before">The end of the window; null for now.</param>
    /// <param name="includePaused">Whether time in which the export was paused counts.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="UnknownScheduleException">The export's interval or time zone is not known here.</exception>
    public async Task<IReadOnlyList<BatchExportGap>> FindGapsAsync(
        BatchExport export,
        DateTimeOffset after,
        DateTimeOffset? before = null,
        bool includePaused = false,
        CancellationToken cancellationToken = default)
    {
        var coverage = await GetAsync(export, after, before, cancellationToken);
        return [.. new Gaps(export, ExportSchedule.Of(export), _api.ServerClock.GetUtcNow()).In(coverage, includePaused)];
    }

    internal IAsyncEnumerable<IntervalCoverage> ReadAsync(
        BatchExport export, ExportSchedule schedule, CoverageWindow window, CancellationToken cancellationToken) =>
        ReadAsync(export, schedule, window, onRun: null, cancellationToken);

    internal IAsyncEnumerable<IntervalCoverage> ReadAsync(
        BatchExport export,
        ExportSchedule schedule,
        CoverageWindow window,
        Action<BatchExportRun>? onRun,
        CancellationToken cancellationToken)
    {
        var first = schedule.IntervalsIn(window.Range).Select(interval => interval.Start).FirstOrDefault();
        if (first == default)
            return AsyncSequences.Empty<IntervalCoverage>();

        var rules = new CoverageRules(schedule, window.Now, CoverageRules.PauseOf(export, window.Now));
        var reader = new CoverageReader(schedule, rules)
        {
            ReadBackfills = token =>
                window.Backfills is { } known ? Task.FromResult(known) : _backfills.ListWithoutRunsAsync(export.Id!, token),
        };
        var query = new RunQuery
        {
            IntervalStart = first.Shift(-window.MaxRunLength),
            IntervalEnd = window.Range.End == window.Now ? null : window.Range.End.Shift(window.MaxRunLength),
            OrderBy = "data_interval_start",
        };
        var runs = _runs.ListByIntervalAsync(export.Id!, query, cancellationToken).Select(Observe, cancellationToken);
        return reader.ReadAsync(window.Range, runs, cancellationToken);

        BatchExportRun Observe(BatchExportRun run)
        {
            onRun?.Invoke(run);
            return run;
        }
    }
}
