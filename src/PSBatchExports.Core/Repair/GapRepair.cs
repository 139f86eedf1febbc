using PSBatchExports.Coverage;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Repair;

namespace PSBatchExports;

/// <summary>
/// Fills gaps with backfills (docs/wire.md, section 12): of each export one interval first, then the ranges in waves. What was started is
/// known to the service alone, so that the same call goes on after any interruption.
/// </summary>
public sealed class GapRepair(BatchExportClient client, TimeProvider time)
{
    /// <summary>Plans what to do about gaps, by what the service says now.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="gaps">The gaps of one export.</param>
    /// <param name="options">How gaps are filled.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="UnknownScheduleException">The export's interval or time zone is not known here.</exception>
    public async Task<RepairPlan> PlanAsync(
        ApiScope scope, IReadOnlyList<BatchExportGap> gaps, GapRepairOptions options, CancellationToken cancellationToken = default)
    {
        var api = client.In(scope);
        var export = await api.Exports.GetAsync(gaps[0].BatchExportId, cancellationToken);
        var (schedule, now) = (ExportSchedule.Of(export), client.ServerTime);
        var window = new CoverageWindow(gaps.Min(gap => gap.Start), gaps.Max(gap => gap.End), now, CoverageClient.MaxRunLength)
        {
            // Read first: a backfill that is in progress is left alone, and the runs of one that has ended can all be seen.
            Backfills = await api.Backfills.ListWithoutRunsAsync(export.Id!, cancellationToken),
        };
        var intervals = new List<IntervalCoverage>();
        await foreach (var interval in api.Coverage.ReadAsync(export, schedule, window, cancellationToken))
            intervals.Add(interval);

        return new RepairPlanner(export, schedule, options, now).Plan(scope, gaps, intervals);
    }

    /// <summary>Carries out plans. Returns each range as it ends.</summary>
    /// <param name="plans">The plans, one for each export.</param>
    /// <param name="options">How gaps are filled.</param>
    /// <param name="onStarted">Called for each backfill that was started, from several threads; null to not be called.</param>
    /// <param name="cancellationToken">Cancels the work, not the backfills.</param>
    public IAsyncEnumerable<RepairOutcome> RunAsync(
        IReadOnlyList<RepairPlan> plans,
        GapRepairOptions options,
        Action<BatchExportRepair>? onStarted = null,
        CancellationToken cancellationToken = default)
    {
        return AsyncSequences.FromWork<RepairOutcome>(
            async (report, stop) =>
            {
                using var session = new RepairSession(client, time, options, PlanAgainAsync, stop);
                await session.SettleAsync();
                await Task.WhenAll(plans.Select(plan => new ExportRepair(session, plan, onStarted, report).RunAsync()));
            },
            cancellationToken);

        Task<RepairPlan> PlanAgainAsync(RepairPlan plan, CancellationToken stop) => PlanAsync(plan.Scope, plan.Gaps, options, stop);
    }
}
