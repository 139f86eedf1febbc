namespace PSBatchExports.Repair;

/// <summary>Fills the ranges of one export.</summary>
/// <param name="session">What all exports share.</param>
/// <param name="plan">The ranges.</param>
/// <param name="onStarted">Called for each backfill that was started; null to not be called.</param>
/// <param name="report">Takes the result of each range; called from several threads.</param>
internal sealed class ExportRepair(
    RepairSession session, RepairPlan plan, Action<BatchExportRepair>? onStarted, Action<RepairOutcome> report)
{
    private readonly ExportSchedule _schedule = ExportSchedule.Of(plan.Export);
    private readonly TimeRangeSet _lacking = new();

    // Why no further range is started; None to go on.
    private volatile RepairProblem _halt = RepairProblem.None;

    private ScopedClient Api => session.Client.In(plan.Scope);

    public async Task RunAsync()
    {
        if (plan.Ranges.Count == 0)
            return;

        try
        {
            // What another process started just before the plan was made can be seen by now.
            var now = await session.PlanAgainAsync(plan, session.End);
            foreach (var range in now.Ranges)
                _lacking.Add(range.Range);
        }
        catch (OperationCanceledException) when (!session.Stop.IsCancellationRequested)
        {
            foreach (var range in plan.Ranges)
                report(Outcome(range, RepairProblem.TimedOut));

            return;
        }
        catch (Exception failure) when (IsFailureOfRange(failure))
        {
            foreach (var range in plan.Ranges)
                report(Outcome(range, RepairProblem.Failed) with { Failure = failure });

            return;
        }

        foreach (var canary in plan.Ranges.Where(range => range.IsCanary))
        {
            if (await FillAsync(canary) is RepairProblem.Failed)
                _halt = RepairProblem.CanaryFailed;
        }

        await Task.WhenAll(plan.Ranges.Where(range => !range.IsCanary).Select(FillAsync));
    }

    private async Task<RepairProblem> FillAsync(RepairRange range)
    {
        var outcome = await TryFillAsync(range);
        report(outcome);
        return outcome.Problem;
    }

    private async Task<RepairOutcome> TryFillAsync(RepairRange range)
    {
        try
        {
            using var slot = await session.TakeSlotAsync(plan.Scope);
            if (_halt is not RepairProblem.None)
                return Outcome(range, _halt);

            if (!_lacking.Covers(range.Range))
                return Outcome(range, RepairProblem.InFlight);

            var backfill = await StartAsync(range);
            onStarted?.Invoke(Outcome(range, RepairProblem.None).Repair with { BackfillId = backfill, Status = RunStatus.Starting });
            return await WaitAsync(range, backfill);
        }
        catch (OperationCanceledException) when (!session.Stop.IsCancellationRequested)
        {
            return Outcome(range, RepairProblem.TimedOut);
        }
        catch (Exception failure) when (IsFailureOfRange(failure))
        {
            return Outcome(range, RepairProblem.Failed) with { Failure = failure };
        }
    }

    private async Task<string> StartAsync(RepairRange range)
    {
        var (start, end) = (BoundOf(range.Range.Start), BoundOf(range.Range.End));
        while (true)
        {
            var since = session.Client.ServerTime;
            try
            {
                return await Api.Backfills.StartAsync(plan.Export, start, end, session.End);
            }
            catch (ConcurrencyLimitException)
            {
                await Task.Delay(TimeSpan.FromSeconds(15), session.Time, session.End);
            }
            catch (BatchExportException failure) when (failure.MayHaveTakenEffect)
            {
                return await FindStartedAsync(range.Range, since) ?? throw StartUncertain(failure);
            }
        }
    }

    // The answer got lost. What was started becomes visible after a few seconds.
    private async Task<string?> FindStartedAsync(TimeRange range, DateTimeOffset since)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await session.SettleAsync();
            var started = await Api.Backfills.FindStartedAsync(plan.Export.Id!, range, since.AddMinutes(-1), session.End);
            if (started is { BackfillId: { } found })
                return found;
        }

        return null;
    }

    // Nothing more is started, because the same call later sees what was.
    private BatchExportException StartUncertain(BatchExportException failure)
    {
        _halt = RepairProblem.Failed;
        return failure;
    }

    private async Task<RepairOutcome> WaitAsync(RepairRange range, string backfillId)
    {
        var waiter = new BackfillWaiter(session.Client, session.Time);
        var reference = new BackfillReference(plan.Scope, plan.Export.Id!, backfillId);
        await foreach (var waited in waiter.WaitAsync([reference], session.TimeLeft, cancellationToken: session.Stop))
        {
            var outcome = ToOutcome(range, backfillId, waited);
            if (outcome.Problem is RepairProblem.Failed && await IsPausedByServiceAsync())
                return outcome with { Problem = _halt = RepairProblem.Paused };

            return outcome;
        }

        return Outcome(range, RepairProblem.TimedOut, backfillId);
    }

    private RepairOutcome ToOutcome(RepairRange range, string backfillId, BackfillWaitOutcome waited)
    {
        var outcome = Outcome(range, RepairProblem.None, waited.Backfill?.BackfillId ?? backfillId);
        var hasFailedRuns = waited.NotCompleted.Count > 0;
        var status = waited.Backfill?.Status;
        var repair = outcome.Repair with
        {
            Status = status == RunStatus.Completed && hasFailedRuns ? "Failed" : status,
            Records = waited.Backfill?.TotalRecordsCount,
        };
        var problem = waited.IsTimedOut ? RepairProblem.TimedOut
            : waited.Failure is null && repair.Status == RunStatus.Completed ? RepairProblem.None
            : RepairProblem.Failed;
        return outcome with { Repair = repair, Problem = problem, Failure = waited.Failure, NotCompleted = waited.NotCompleted };
    }

    // A repair may also be of an export that was paused before.
    private async Task<bool> IsPausedByServiceAsync() =>
        !plan.Export.Paused && (await Api.Exports.GetAsync(plan.Export.Id!, session.Stop)).Paused;

    // Days and weeks are named by their date, whatever their hour.
    private DateTimeOffset BoundOf(DateTimeOffset boundary) => _schedule.IsCalendar
        ? new DateTimeOffset(_schedule.DateOf(boundary).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
        : boundary;

    private RepairOutcome Outcome(RepairRange range, RepairProblem problem, string? backfillId = null) => new(
        plan,
        range,
        new BatchExportRepair
        {
            BatchExportId = plan.Export.Id!,
            Name = plan.Export.Name,
            ProjectId = plan.Export.ProjectId,
            Origin = plan.Export.Origin,
            Start = range.Range.Start,
            End = range.Range.End,
            Intervals = range.Intervals,
            BackfillId = backfillId,
            Exactness = range.Exactness,
        },
        problem);

    private static bool IsFailureOfRange(Exception failure) =>
        failure is BatchExportException or BackfillBoundException or InvalidIdException;
}
