using PSBatchExports.Coverage;
using PSBatchExports.Reports;

namespace PSBatchExports;

/// <summary>
/// Collects what a report says of the exports that a client reads. It walks the runs of an export once; the health, the gaps and the rows
/// come of the same walk.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="options">What the report shows.</param>
public sealed class ReportCollector(BatchExportClient client, ReportOptions options)
{
    /// <summary>The time that the report shows.</summary>
    public TimeRange Window
    {
        get
        {
            var now = client.ServerTime;
            var start = options.After ?? new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-ReportOptions.DefaultDays);
            return new TimeRange(start < now ? start : now, now);
        }
    }

    /// <summary>Collects what the report says of an export.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="export">The export, as just read.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="UnknownScheduleException">The export's interval or time zone is not known here.</exception>
    public async Task<ExportReport> CollectAsync(ApiScope scope, BatchExport export, CancellationToken cancellationToken = default)
    {
        var (api, range, schedule) = (client.In(scope), Window, ExportSchedule.Of(export));
        var stretches = new Stretches(export, export.Origin);
        var chains = new RecentChains(export, schedule, range.End);
        var rows = new RowTotals(schedule);
        var failures = new FailedRuns(range);
        var window = new CoverageWindow(range.Start, range.End, range.End, CoverageClient.MaxRunLength);
        await foreach (var interval in api.Coverage.ReadAsync(export, schedule, window, failures.Add, cancellationToken))
        {
            stretches.Add(interval);
            chains.Add(interval);
            rows.Add(interval);
        }

        var health = await api.Health.GetAsync(export, options.MaxLag, chains, cancellationToken);
        return Describe(scope, export) with
        {
            Window = range,
            Health = health with { Reason = client.HideSecrets(health.Reason) },
            Coverage = stretches.Merged,
            Gaps = [.. new Gaps(export, schedule, range.End).In(stretches.Merged, includePaused: false)],
            Rows = rows.Counted,
            LatestFailures = [.. failures.Newest.Select(WithoutSecrets)],
        };
    }

    /// <summary>What the report says of an export that could not be read or judged.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="name">What it was asked for by.</param>
    /// <param name="export">The export; null if it could not be read.</param>
    /// <param name="error">Why.</param>
    public ExportReport Fail(ApiScope scope, string name, BatchExport? export, string error)
    {
        var report = export is null
            ? new ExportReport { Name = name, ApiHost = client.ApiHost, Scope = scope, Window = Window }
            : Describe(scope, export);
        return report with { Error = client.HideSecrets(error) };
    }

    private BatchExportRun WithoutSecrets(BatchExportRun run) =>
        run.LatestError is { } error ? run with { LatestError = client.HideSecrets(error) } : run;

    private ExportReport Describe(ApiScope scope, BatchExport export) => new()
    {
        Name = client.HideSecrets(export.Name ?? export.Id!),
        ApiHost = client.ApiHost,
        Scope = scope,
        Window = Window,
        Export = export,
    };
}
