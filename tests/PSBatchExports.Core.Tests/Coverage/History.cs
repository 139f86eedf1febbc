namespace PSBatchExports.Core.Tests.Coverage;

/// <summary>An export with its runs and backfills, as they may have come about.</summary>
internal sealed class History
{
    public static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago",
        "Pacific/Auckland",
    ];

    public static readonly string[] AllIntervals = ["hour", "day", "week", "every 15 minutes", "every 5 minutes"];

    private History(string zone, string interval) => (Zone, Interval) = (zone, interval);

    public string Zone { get; }

    public string Interval { get; }

    public int OffsetHour { get; private init; }

    public DayOfWeek OffsetDay { get; private init; }

    public TimeSpan Jitter => Interval switch
    {
        "hour" => TimeSpan.FromMinutes(15),
        "day" => TimeSpan.FromMinutes(20),
        "week" => TimeSpan.FromMinutes(30),
        "every 15 minutes" => TimeSpan.FromMinutes(3),
        _ => TimeSpan.FromMinutes(1),
    };

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset? StartAt { get; private set; }

    public DateTimeOffset? EndAt { get; private set; }

    public DateTimeOffset After { get; private set; }

    public DateTimeOffset Now { get; private set; }

    public bool IsPaused { get; private set; }

    public DateTimeOffset? LastPausedAt { get; private set; }

    public DateTimeOffset LastUpdatedAt { get; private set; }

    public List<BatchExportRun> Runs { get; private init; } = [];

    public List<BatchExportBackfill> Backfills { get; } = [];

    public BatchExport Export => new()
    {
        Id = "0195f1c2-7a3b-0000-8f4e-3c2d1b0a9e01",
        Name = "nightly",
        Interval = Interval,
        TimeZone = Zone,
        OffsetHour = Interval is "day" or "week" ? OffsetHour : null,
        OffsetDay = Interval == "week" ? OffsetDay : null,
        CreatedAt = CreatedAt,
        StartAt = StartAt,
        EndAt = EndAt,
        Paused = IsPaused,
        LastPausedAt = LastPausedAt,
        LastUpdatedAt = LastUpdatedAt,
    };

    /// <summary>The same history with other runs.</summary>
    public History With(IEnumerable<BatchExportRun> runs)
    {
        var copy = new History(Zone, Interval)
        {
            OffsetHour = OffsetHour,
            OffsetDay = OffsetDay,
            CreatedAt = CreatedAt,
            StartAt = StartAt,
            EndAt = EndAt,
            After = After,
            Now = Now,
            IsPaused = IsPaused,
            LastPausedAt = LastPausedAt,
            LastUpdatedAt = LastUpdatedAt,
            Runs = [.. runs],
        };
        copy.Backfills.AddRange(Backfills);
        return copy;
    }

    /// <summary>A random history around a change of the zone's clocks.</summary>
    public static History Random(Random random, string zone, string interval)
    {
        var history = new History(zone, interval)
        {
            OffsetHour = random.Next(4) == 0 ? random.Next(24) : random.Next(4),
            OffsetDay = (DayOfWeek)random.Next(7),
        };
        var length = interval switch
        {
            "hour" => TimeSpan.FromHours(1),
            "day" => TimeSpan.FromDays(1),
            "week" => TimeSpan.FromDays(7),
            "every 15 minutes" => TimeSpan.FromMinutes(15),
            _ => TimeSpan.FromMinutes(5),
        };
        var change = Change(random, zone);
        history.After = change - (length * random.Next(1, 12)) + TimeSpan.FromMinutes(random.Next(120));
        history.Now = change + (length * random.Next(1, 12)) + TimeSpan.FromSeconds(random.Next(7200));
        if (history.Now <= history.After)
            history.Now = history.After + length;

        history.CreatedAt = random.Next(4) == 0 ? history.After + (length * random.Next(5)) : history.After.AddDays(-100);
        history.StartAt = random.Next(8) == 0 ? history.After + (length * random.Next(6)) : null;
        history.EndAt = random.Next(8) == 0 ? history.Now - (length * random.Next(6)) : null;
        history.LastUpdatedAt = history.CreatedAt;
        history.AddPause(random, length);
        history.AddScheduledRuns(random);
        history.AddBackfills(random, length);
        history.AddOlderGrid(random, length);
        return history;
    }

    private static DateTimeOffset Change(Random random, string zone)
    {
        var info = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(random.Next(180));
        var found = Enumerable.Range(0, 366).Select(day => start.AddDays(day))
            .FirstOrDefault(day => info.GetUtcOffset(day) != info.GetUtcOffset(day.AddDays(1)), start);
        return found.AddHours(random.Next(24));
    }

    private void AddPause(Random random, TimeSpan length)
    {
        if (random.Next(3) != 0)
            return;

        LastPausedAt = After + (length * random.Next(8)) + TimeSpan.FromMinutes(random.Next(60));
        if (LastPausedAt > Now)
            LastPausedAt = Now - TimeSpan.FromMinutes(1);

        IsPaused = random.Next(2) == 0;
        var pause = (length * random.Next(6)) + TimeSpan.FromMinutes(random.Next(60));
        LastUpdatedAt = LastPausedAt.Value + (IsPaused ? TimeSpan.Zero : pause);
        if (LastUpdatedAt > Now)
            LastUpdatedAt = Now;
    }

    private bool WasPaused(DateTimeOffset time) => time > LastPausedAt && (IsPaused || time <= LastUpdatedAt);

    private void AddScheduledRuns(Random random)
    {
        var jitter = Jitter * random.NextDouble();
        foreach (var (start, end) in CoverageOracle.Intervals(this))
        {
            var created = end + jitter;
            if (created > Now || WasPaused(end))
                continue;

            switch (random.Next(12))
            {
                case 0:
                    break;
                case 1:
                    Add(start, end, "Failed", created);
                    break;
                case 2:
                    Add(start, end, "Failed", created);
                    Add(start, end, random.Next(2) == 0 ? "Completed" : "Cancelled", created.AddMinutes(1));
                    break;
                case 3:
                    Add(start, end, "Completed", created, 7);
                    Add(start, end, random.Next(2) == 0 ? "Cancelled" : "Failed", created.AddMinutes(1));
                    break;
                case 4:
                    Add(start, end, "Completed", created, random.Next(2));
                    Add(start, end, "Completed", created.AddMinutes(1), random.Next(2));
                    break;
                case 5:
                    Add(start, end, "Completed", created, 0);
                    break;
                case 6:
                    Add(start, end, new[] { "Running", "Starting", "Terminated", "NewKindOfEnd", "Cancelled" }[random.Next(5)], created);
                    break;
                default:
                    Add(start, end, "Completed", created, 10);
                    break;
            }
        }
    }

    private void AddBackfills(Random random, TimeSpan length)
    {
        for (var count = random.Next(3); count > 0; count--)
        {
            var intervals = CoverageOracle.Intervals(this).ToArray();
            if (intervals.Length == 0)
                return;

            var first = random.Next(intervals.Length);
            var last = Math.Min(intervals.Length - 1, first + random.Next(5));
            var id = $"backfill {count}";
            var status = random.Next(2) == 0 ? "Running" : "Completed";
            Backfills.Add(new BatchExportBackfill
            {
                BackfillId = id,
                Status = status,
                StartAt = intervals[first].Start,
                EndAt = intervals[last].End,
            });
            var created = Now - TimeSpan.FromMinutes(random.Next(100));
            if (status == "Completed" && random.Next(2) == 0)
                Add(intervals[first].Start, intervals[last].End, "Completed", created, 3, id);
            else
                AddRunsOf(id, intervals[first..(status == "Completed" ? last + 1 : first + 1)], created, random);
        }

        void AddRunsOf(string id, IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> intervals, DateTimeOffset created, Random source)
        {
            foreach (var (start, end) in intervals)
                Add(start, end, source.Next(4) == 0 ? "Failed" : "Completed", created, 2, id);
        }
    }

    // Runs of a schedule that the export had before.
    private void AddOlderGrid(Random random, TimeSpan length)
    {
        if (random.Next(4) != 0)
            return;

        var other = new[] { TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromMinutes(15) }[random.Next(4)];
        var start = After - other + TimeSpan.FromMinutes(5 * random.Next(12));
        start = new DateTimeOffset(start.UtcTicks - (start.UtcTicks % TimeSpan.FromMinutes(5).Ticks), TimeSpan.Zero);
        for (var count = random.Next(6); count > 0 && start + other < Now; count--, start += other)
            Add(start, start + other, random.Next(5) == 0 ? "Failed" : "Completed", start + other, 4);
    }

    private void Add(
        DateTimeOffset start, DateTimeOffset end, string status, DateTimeOffset created, long? records = null, string? backfill = null) =>
        Runs.Add(new BatchExportRun
        {
            RunId = $"run {Runs.Count}",
            BatchExportId = "0195f1c2-7a3b-0000-8f4e-3c2d1b0a9e01",
            BackfillId = backfill,
            Status = status,
            DataIntervalStart = start,
            DataIntervalEnd = end,
            RecordsCompleted = records,
            CreatedAt = created.AddTicks(Runs.Count),
        });
}
