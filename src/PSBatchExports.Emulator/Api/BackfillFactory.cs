using PSBatchExports.Emulator.Data;
using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator.Api;

/// <summary>Starts backfills, including those that retry a run, and creates their runs.</summary>
internal sealed class BackfillFactory(EmulatorState state, EmulatorOptions options)
{
    /// <summary>A year of five-minute intervals, and a little more.</summary>
    private const int MaxRuns = 110_000;

    /// <summary>Number of intervals of a backfill from the beginning of time.</summary>
    private const int RunsFromBeginning = 24;

    private readonly EventTimeline _timeline = new(options.Seed, options.EventsPerHour);

    public StoredBackfill Start(StoredExport export, DateTimeOffset? start, DateTimeOffset end)
    {
        var now = state.Now;
        var inProgress = state.AdvanceRunsOf(export.Id).Active;
        var grid = ScheduleGrid.Of(export);
        var first = start ?? grid.AtOrBefore(end - (Intervals.LengthOf(export.Interval) * RunsFromBeginning));
        var intervals = grid.Steps(first, end).Take(MaxRuns).ToArray();
        var records = intervals.Select(interval => _timeline.CountOfBackfill(interval.Start, interval.End, now)).ToArray();
        var id = state.Ids.Next(now);
        var runs = new List<ScheduledRun>();
        var waited = TimeSpan.Zero;
        for (var index = 0; index < intervals.Length; index++)
        {
            var interval = intervals[index];
            var startsAt = now + waited + (options.RunDuration * ((double)index / intervals.Length));
            var completesAt = now + waited + (options.RunDuration * ((index + 1.0) / intervals.Length));
            if (Array.Find(inProgress, run => IsOf(run, interval)) is not { } other)
                runs.Add(CreateRun(export, id, interval, records[index], startsAt, completesAt));
            else if (other.CompletesAt > completesAt)
                waited += other.CompletesAt.Value - completesAt;
        }

        var backfill = new StoredBackfill
        {
            Id = id,
            ExportId = export.Id,
            ProjectId = export.ProjectId,
            StartAt = start,
            EndAt = end,
            CreatedAt = now,
            Duration = intervals.Length == 0 ? TimeSpan.Zero : options.RunDuration + waited,
            TotalRuns = intervals.Length,
            TotalRecords = runs.Sum(run => run.ExpectedRecords),
            VisibleFrom = now + (options.RunDuration * 0.05),
        };
        state.AddBackfill(backfill, runs);
        return backfill;
    }

    public static string WorkflowId(StoredBackfill backfill)
    {
        var start = backfill.StartAt is { } from ? WireTime.WithOffset(from) : "START";
        return $"{backfill.ExportId}-Backfill-{start}-{WireTime.WithOffset(backfill.EndAt!.Value)}";
    }

    /// <summary>A run that is already in progress is waited for instead of a second one of its interval.</summary>
    private static bool IsOf(ScheduledRun run, DataInterval interval) =>
        run.DataIntervalStart == interval.Start && run.DataIntervalEnd == interval.End;

    private ScheduledRun CreateRun(
        StoredExport export,
        Guid backfillId,
        DataInterval interval,
        long records,
        DateTimeOffset startsAt,
        DateTimeOffset completesAt) => new()
        {
            Id = state.Ids.Next(startsAt),
            ExportId = export.Id,
            BackfillId = backfillId,
            DataIntervalStart = interval.Start,
            DataIntervalEnd = interval.End,
            Status = RunStatus.Starting,
            CreatedAt = startsAt,
            LastUpdatedAt = startsAt,
            CompletesAt = completesAt,
            ExpectedRecords = records,
        };
}
