using System.Globalization;

namespace PSBatchExports;

/// <summary>What became of the intervals of an export. Strings, so that they survive JSON, jobs and other sessions.</summary>
public static class BatchExportCoverageState
{
    /// <summary>Exported, once.</summary>
    public const string Covered = nameof(Covered);

    /// <summary>Exported; there were no rows. The service does not contact the destination for that.</summary>
    public const string Empty = nameof(Empty);

    /// <summary>Not exported: there was no run, or it was cancelled.</summary>
    public const string Missing = nameof(Missing);

    /// <summary>Not exported: the last run failed.</summary>
    public const string Failed = nameof(Failed);

    /// <summary>Not exported yet: the run is overdue, but may still come.</summary>
    public const string Late = nameof(Late);

    /// <summary>Being exported, by the schedule or by a backfill.</summary>
    public const string Running = nameof(Running);

    /// <summary>Not exported, because the schedule was paused.</summary>
    public const string Paused = nameof(Paused);

    /// <summary>Exported more than once, with rows each time.</summary>
    public const string Repeated = nameof(Repeated);
}

/// <summary>Successive intervals of an export's schedule that have the same state.</summary>
public record BatchExportCoverage : ServiceObject
{
    /// <summary>The export's UUID.</summary>
    public required string BatchExportId { get; init; }

    /// <summary>The export's name; null if the service sent none.</summary>
    public string? Name { get; init; }

    /// <summary>The project's number; null if neither the response nor the request had it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The start of the first interval, inclusive.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>The end of the last interval, exclusive.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>The number of intervals.</summary>
    public required int Intervals { get; init; }

    /// <summary>What became of them.</summary>
    public required string State { get; init; }

    /// <summary>
    /// The number of exported rows, of all runs if there were several; null if the service did not say, and if nothing was exported. The
    /// rows of a run over several intervals count where it begins.
    /// </summary>
    public long? Records { get; init; }

    /// <summary>The error of the newest run that failed, or its status if it has none; null if none failed.</summary>
    public string? LatestError { get; init; }

    /// <summary>All stretches of the export that were asked for, for a picture of them; null if unknown.</summary>
    internal CoverageTimeline? Timeline { get; init; }

    /// <summary>"nightly: Missing from 2026-11-01 00:00:00Z to 2026-11-02 00:00:00Z".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name ?? BatchExportId}: {State} from {Start.UtcDateTime:u} to {End.UtcDateTime:u}");
}
