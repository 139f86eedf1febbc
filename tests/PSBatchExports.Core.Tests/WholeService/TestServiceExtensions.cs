using PSBatchExports.Emulator;

namespace PSBatchExports.Core.Tests.WholeService;

/// <summary>Adds scheduled runs and backfills to the emulator.</summary>
internal static class TestServiceExtensions
{
    /// <summary>A run over the hour before it was created.</summary>
    public static ScheduledRun AddScheduledRun(
        this TestService service,
        StoredExport export,
        TimeSpan age,
        string status = RunStatus.Completed)
    {
        var made = service.Clock.GetUtcNow() - age;
        var run = new ScheduledRun
        {
            Id = Guid.NewGuid(),
            ExportId = export.Id,
            DataIntervalStart = made - TimeSpan.FromHours(1),
            DataIntervalEnd = made,
            CreatedAt = made,
            LastUpdatedAt = made,
            Status = status,
        };
        service.Emulator.State.AddRun(run);
        return run;
    }

    /// <summary>A backfill of 24 runs that takes 100 minutes.</summary>
    public static StoredBackfill AddBackfill(this TestService service, StoredExport export, TimeSpan visibleAfter = default)
    {
        var now = service.Clock.GetUtcNow();
        var backfill = new StoredBackfill
        {
            Id = Guid.NewGuid(),
            ExportId = export.Id,
            ProjectId = export.ProjectId,
            StartAt = now.AddDays(-2),
            EndAt = now.AddDays(-1),
            CreatedAt = now,
            Duration = TimeSpan.FromMinutes(100),
            TotalRuns = 24,
            VisibleFrom = now + visibleAfter,
        };
        service.Emulator.State.AddBackfill(backfill);
        return backfill;
    }

    /// <summary>Advances the clock by a second at a time until the work has ended.</summary>
    public static Task<T> WhileTimePassesAsync<T>(this TestService service, Task<T> work) =>
        service.Clock.AdvanceUntilAsync(work, TimeSpan.FromSeconds(1)).WithTimeout();
}
