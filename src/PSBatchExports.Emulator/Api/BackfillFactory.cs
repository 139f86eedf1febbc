using PSBatchExports.Emulator.Data;
using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator.Api;

/// <summary>Starts backfills, including those that retry a run, and creates their runs.</summary>
internal sealed class BackfillFactory(EmulatorState state, EmulatorOptions options)
{
    private const int MaxRuns = 1000;

    private readonly EventTimeline _timeline = new(options.Seed, options.EventsPerHour);

    public StoredBackfill Start(StoredExport export, DateTimeOffset? start, DateTimeOffset end)
    {
        var now = state.Now;
        var length = Intervals.LengthOf(export.Interval);
        var first = start ?? end - (length * 24);
        var runs = (int)Math.Clamp(Math.Ceiling((end - first) / length), 1, MaxRuns);
        var records = Enumerable.Range(0, runs).Select(index => first + (length * index))
            .Select(from => _timeline.CountOfBackfill(from, from + length, now))
            .ToArray();
        var backfill = new StoredBackfill
        {
            Id = state.Ids.Next(now),
            ExportId = export.Id,
            ProjectId = export.ProjectId,
            StartAt = start,
            EndAt = end,
            CreatedAt = now,
            Duration = options.RunDuration,
            TotalRuns = runs,
            TotalRecords = records.Sum(),
            VisibleFrom = now + (options.RunDuration * 0.05),
        };
        state.AddBackfill(backfill);
        for (var index = 0; index < runs; index++)
            AddRun(backfill, first + (length * index), length, records[index], now + (options.RunDuration * ((index + 1.0) / runs)));
        return backfill;
    }

    public static string WorkflowId(StoredBackfill backfill)
    {
        var start = backfill.StartAt is { } from ? WireTime.WithOffset(from) : "START";
        return $"{backfill.ExportId}-Backfill-{start}-{WireTime.WithOffset(backfill.EndAt!.Value)}";
    }

    private void AddRun(StoredBackfill backfill, DateTimeOffset start, TimeSpan length, long records, DateTimeOffset completesAt) =>
        state.AddRun(new ScheduledRun
        {
            Id = state.Ids.Next(backfill.CreatedAt),
            ExportId = backfill.ExportId,
            BackfillId = backfill.Id,
            DataIntervalStart = start,
            DataIntervalEnd = start + length,
            Status = RunStatus.Starting,
            CreatedAt = backfill.CreatedAt,
            LastUpdatedAt = backfill.CreatedAt,
            CompletesAt = completesAt,
            ExpectedRecords = records,
        });
}
