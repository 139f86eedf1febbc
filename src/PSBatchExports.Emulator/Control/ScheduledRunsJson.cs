using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Control;

/// <summary>
/// Reads scheduled runs of the control channel: one run with the <c>start</c> and <c>end</c> of its interval, <c>status</c>,
/// <c>createdAt</c>, <c>finishedAt</c>, <c>completesAt</c>, <c>records</c>, <c>error</c> and <c>backfillId</c>; or <c>count</c> completed
/// runs a minute apart, the newest created <c>daysAgo</c>.
/// </summary>
internal static class ScheduledRunsJson
{
    private const int MaxRuns = 100_000;
    private const double MaxDaysAgo = 36_500;

    private static readonly string[] SeriesFields = ["count", "daysAgo"];
    private static readonly string[] RunFields =
        ["start", "end", "status", "createdAt", "finishedAt", "completesAt", "records", "error", "backfillId"];

    public static IEnumerable<ScheduledRun> Read(Guid exportId, JsonNode? node, DateTimeOffset now)
    {
        var fields = new ControlFields(node);
        if (fields.Names.Except([.. SeriesFields, .. RunFields], StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new ControlProblemException($"A scheduled run has no member '{unknown}'.", unknown);

        var ofRun = fields.Names.Intersect(RunFields, StringComparer.Ordinal).FirstOrDefault();
        if (ofRun is null)
            return Series(exportId, fields, now);

        return fields.Names.Intersect(SeriesFields, StringComparer.Ordinal).FirstOrDefault() is { } ofSeries
            ? throw new ControlProblemException($"{ofSeries} cannot be combined with {ofRun}.", ofSeries)
            : [Run(exportId, fields, now)];
    }

    private static ScheduledRun[] Series(Guid exportId, ControlFields fields, DateTimeOffset now)
    {
        var newest = now.AddDays(-(fields.Number("daysAgo", -MaxDaysAgo, MaxDaysAgo) ?? 0));
        var count = (int)(fields.Integer("count", 0, MaxRuns) ?? 1);
        return [.. Enumerable.Range(0, count).Select(back => newest.AddMinutes(-back)).Select(at => new ScheduledRun
        {
            Id = Guid.NewGuid(),
            ExportId = exportId,
            DataIntervalStart = at.AddHours(-1),
            DataIntervalEnd = at,
            Status = RunStatus.Completed,
            RecordsCompleted = 0,
            CreatedAt = at,
            FinishedAt = at,
            LastUpdatedAt = at,
        })];
    }

    private static ScheduledRun Run(Guid exportId, ControlFields fields, DateTimeOffset now)
    {
        var status = Status(fields);
        var (isActive, isCompleted) = (RunStatus.IsActive(status), status == RunStatus.Completed);
        var createdAt = fields.Time("createdAt") ?? fields.Time("end") ?? now;
        var end = fields.Time("end") ?? createdAt;
        var start = fields.Time("start") ?? end.AddHours(-1);
        if (start >= end)
            throw new ControlProblemException("start must be before end.", "start");

        var records = fields.Integer("records", 0, long.MaxValue / 1000);
        DateTimeOffset? finishedAt = isActive ? null : fields.Time("finishedAt") ?? createdAt;
        return new ScheduledRun
        {
            Id = Guid.NewGuid(),
            ExportId = exportId,
            BackfillId = fields.Text("backfillId") is { } backfill ? ControlFields.Id(backfill, "backfillId") : null,
            DataIntervalStart = start,
            DataIntervalEnd = end,
            Status = status,
            RecordsCompleted = records ?? (isCompleted ? 0 : null),
            RecordsTotalCount = isCompleted ? records ?? 0 : null,
            RecordsFailed = isCompleted ? 0 : null,
            LatestError = isActive ? null : fields.Text("error"),
            FailsWith = isActive ? fields.Text("error") : null,
            CreatedAt = createdAt,
            FinishedAt = finishedAt,
            LastUpdatedAt = finishedAt ?? createdAt,
            CompletesAt = isActive ? fields.Time("completesAt") : null,
            ExpectedRecords = records ?? 0,
        };
    }

    private static string Status(ControlFields fields)
    {
        var status = fields.Text("status") ?? RunStatus.Completed;
        return RunStatus.All.Contains(status, StringComparer.Ordinal)
            ? status
            : throw new ControlProblemException($"'{status}' is not a status of runs.", "status");
    }
}
