using PSBatchExports.Emulator;

namespace PSBatchExports.Core.Tests.Coverage;

/// <summary>Gives an emulated export a history, written as one character for each interval, the newest last.</summary>
internal static class ExportHistory
{
    /// <summary>Adds an export that was created when its history begins.</summary>
    public static StoredExport AddExportWithHistory(
        this TestService service, string intervals, TimeSpan length, string interval = "hour", int hour = 0)
    {
        var end = service.Clock.GetUtcNow();
        var created = end - (length * (intervals.Length - 1)) - TimeSpan.FromMinutes(1);
        var export = service.AddExport(interval: interval, offsetHours: hour, createdAt: created);
        service.AddHistory(export, intervals, end, length);
        return export;
    }

    /// <summary>
    /// Adds the runs of successive intervals, the last of which ended last: C completed, E completed without rows, F failed, X cancelled,
    /// T timed out, R running, S starting, D completed twice, r failed and then rerun, x completed with a cancelled rerun, B completed by a
    /// backfill, M none.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="export">The export.</param>
    /// <param name="intervals">The characters.</param>
    /// <param name="end">The end of the last interval.</param>
    /// <param name="length">The length of an interval.</param>
    public static void AddHistory(this TestService service, StoredExport export, string intervals, DateTimeOffset end, TimeSpan length)
    {
        for (var index = 0; index < intervals.Length; index++)
            Add(service, export, intervals[index], end - (length * (intervals.Length - 1 - index)), length);
    }

    private static void Add(TestService service, StoredExport export, char kind, DateTimeOffset end, TimeSpan length)
    {
        var created = end.AddMinutes(3);
        string[] statuses = kind switch
        {
            'C' or 'E' or 'B' => ["Completed"],
            'F' => ["Failed"],
            'X' => ["Cancelled"],
            'T' => ["TimedOut"],
            'R' => ["Running"],
            'S' => ["Starting"],
            'D' => ["Completed", "Completed"],
            'r' => ["Failed", "Completed"],
            'x' => ["Completed", "Cancelled"],
            _ => [],
        };
        foreach (var status in statuses)
        {
            service.AddScheduledRun(export, end - length, end, status, created, kind == 'E' ? 0 : 100, isBackfill: kind == 'B');
            created = created.AddMinutes(1);
        }
    }

    /// <summary>Adds one run.</summary>
    public static ScheduledRun AddScheduledRun(
        this TestService service,
        StoredExport export,
        DateTimeOffset start,
        DateTimeOffset end,
        string status,
        DateTimeOffset created,
        long records = 100,
        bool isBackfill = false)
    {
        var run = new ScheduledRun
        {
            Id = Guid.NewGuid(),
            ExportId = export.Id,
            BackfillId = isBackfill ? Guid.NewGuid() : null,
            DataIntervalStart = start,
            DataIntervalEnd = end,
            Status = status is "Starting" ? "Starting" : "Running",
            CreatedAt = created,
            LastUpdatedAt = created,
            ExpectedRecords = records,
        };
        if (status is not ("Running" or "Starting"))
        {
            run.Status = status;
            run.FinishedAt = created.AddMinutes(1);
            run.RecordsCompleted = status == "Completed" ? records : null;
            run.LatestError = status == "Completed" ? null : $"{status} because of a test";
        }

        service.Emulator.State.AddRun(run);
        return run;
    }

    public static async Task<BatchExport> ReadAsync(this TestService service, StoredExport export) =>
        await service.Client.In(service.Project).Exports.GetAsync(export.Id.ToString());
}
