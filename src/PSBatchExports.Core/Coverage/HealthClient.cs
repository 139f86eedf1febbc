using PSBatchExports.Coverage;
using PSBatchExports.Http;

namespace PSBatchExports;

/// <summary>
/// Tells until when the data of exports is whole. Mostly the ten newest runs that an export comes with suffice; otherwise its list of runs
/// is read, and its log if it was paused right after a failure.
/// </summary>
public sealed class HealthClient
{
    private readonly Api _api;
    private readonly CoverageClient _coverage;
    private readonly LogsClient _logs;

    internal HealthClient(Api api, CoverageClient coverage, LogsClient logs) => (_api, _coverage, _logs) = (api, coverage, logs);

    /// <summary>Judges an export.</summary>
    /// <param name="export">The export, as just read.</param>
    /// <param name="maxLag">How old the end of the data may be; null for no limit.</param>
    /// <param name="after">The time from which on the data must be whole; null for what the newest runs tell.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="UnknownScheduleException">The export's interval or time zone is not known here.</exception>
    public async Task<BatchExportHealth> GetAsync(
        BatchExport export, TimeSpan? maxLag = null, DateTimeOffset? after = null, CancellationToken cancellationToken = default)
    {
        var (schedule, now) = (ExportSchedule.Of(export), _api.ServerClock.GetUtcNow());
        var chain = await FindChainAsync(export, schedule, now, after, cancellationToken);
        return await JudgeAsync(export, schedule, now, maxLag, chain, cancellationToken);
    }

    /// <summary>Judges an export whose runs were already walked.</summary>
    /// <param name="export">The export, as just read.</param>
    /// <param name="maxLag">How old the end of the data may be; null for no limit.</param>
    /// <param name="walked">What the walk found; used only if the export's newest runs do not suffice.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    internal async Task<BatchExportHealth> GetAsync(
        BatchExport export, TimeSpan? maxLag, RecentChains walked, CancellationToken cancellationToken)
    {
        var (schedule, now) = (ExportSchedule.Of(export), _api.ServerClock.GetUtcNow());
        var chain = await VisibleRuns.ReadAsync(export, schedule, now) ?? walked.Chain;
        return await JudgeAsync(export, schedule, now, maxLag, chain, cancellationToken);
    }

    private async Task<BatchExportHealth> JudgeAsync(
        BatchExport export,
        ExportSchedule schedule,
        DateTimeOffset now,
        TimeSpan? maxLag,
        DataChain chain,
        CancellationToken cancellationToken)
    {
        var pause = export.Paused ? await FindPauseAsync(export, cancellationToken) : null;
        var health = new HealthRules(export, schedule, now, maxLag).Judge(chain, pause);
        return health with { ApiHost = _api.Host };
    }

    private async Task<DataChain> FindChainAsync(
        BatchExport export, ExportSchedule schedule, DateTimeOffset now, DateTimeOffset? after, CancellationToken cancellationToken)
    {
        if (after is { } from)
            return await ListAsync(from);

        if (await VisibleRuns.ReadAsync(export, schedule, now) is { } visible)
            return visible;

        var recent = new RecentChains(export, schedule, now);
        var chain = await ListAsync(recent.Start);
        return chain.Until is null ? await ListAsync(recent.ExtendedStart) : chain;

        async Task<DataChain> ListAsync(DateTimeOffset start)
        {
            var listed = new DataChain();
            var window = new CoverageWindow(start, now, now, schedule.NominalLength * 2);
            await foreach (var interval in _coverage.ReadAsync(export, schedule, window, cancellationToken))
            {
                listed.Add(interval);
                if (listed.Break is not null)
                    break;
            }

            return listed;
        }
    }

    // Whoever may read exports may read their logs, but older servers refuse them.
    private async Task<PauseEvidence> FindPauseAsync(BatchExport export, CancellationToken cancellationToken)
    {
        if (PauseEvidence.FromRuns(export) is { } evidence)
            return evidence;

        try
        {
            var entries = new List<BatchExportLogEntry>();
            var log = LogSource.Export(export.Id!);
            await foreach (var entry in _logs.ReadAsync(log, PauseEvidence.LogQueryFor(export), cancellationToken: cancellationToken))
                entries.Add(entry);

            return PauseEvidence.FromLog(export, entries);
        }
        catch (Exception failure) when (failure is PermissionDeniedException or NotFoundException or ServerFailedException)
        {
            return PauseEvidence.Guess(export);
        }
    }
}
