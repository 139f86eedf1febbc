namespace PSBatchExports;

/// <summary>How an export is doing. Strings, so that they survive JSON, jobs and other sessions.</summary>
public static class HealthVerdict
{
    /// <summary>All data that is due has been exported.</summary>
    public const string Fresh = nameof(Fresh);

    /// <summary>Data that is due has not been exported yet, or not all of it; the schedule runs.</summary>
    public const string Late = nameof(Late);

    /// <summary>Data that is due has not been exported, and nothing is happening any more.</summary>
    public const string Stalled = nameof(Stalled);

    /// <summary>The newest finished run failed.</summary>
    public const string Failing = nameof(Failing);

    /// <summary>Paused, by the service after failures.</summary>
    public const string PausedByService = nameof(PausedByService);

    /// <summary>Paused, by somebody.</summary>
    public const string PausedByUser = nameof(PausedByUser);

    /// <summary>There was no run yet.</summary>
    public const string NeverRan = nameof(NeverRan);

    /// <summary>All runs completed without rows, which the service does without contacting the destination.</summary>
    public const string OnlyEmpty = nameof(OnlyEmpty);

    /// <summary>Past its end.</summary>
    public const string Ended = nameof(Ended);
}

/// <summary>Until when the data of an export is whole at its destination, and how the export is doing.</summary>
public sealed record BatchExportHealth : ServiceObject
{
    /// <summary>The export's UUID.</summary>
    public required string BatchExportId { get; init; }

    /// <summary>The export's name; null if the service sent none.</summary>
    public string? Name { get; init; }

    /// <summary>The project's number; null if neither the response nor the request had it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The service that it was read from.</summary>
    public string? ApiHost { get; init; }

    /// <summary>
    /// Everything that the service received from <see cref="DataSince"/> until then is at the destination; null if not even the first
    /// interval that was looked at is.
    /// </summary>
    public DateTimeOffset? DataUntil { get; init; }

    /// <summary>The start of the first interval that was looked at; null if there is none.</summary>
    public DateTimeOffset? DataSince { get; init; }

    /// <summary>
    /// The start of the first interval that lacks data and that nothing brings any more, so that it has to be filled; null for none.
    /// </summary>
    public DateTimeOffset? GapStart { get; init; }

    /// <summary>How long ago <see cref="DataUntil"/> was; null if that is unknown.</summary>
    public TimeSpan? Lag { get; init; }

    /// <summary>When the run of the next interval has started at the latest; null if the export is paused or past its end.</summary>
    public DateTimeOffset? NextExpected { get; init; }

    /// <summary>How the export is doing.</summary>
    public required string Verdict { get; init; }

    /// <summary>Whether the schedule brings no more data: the export is paused or past its end.</summary>
    internal bool IsHalted => Verdict is HealthVerdict.PausedByService or HealthVerdict.PausedByUser or HealthVerdict.Ended;

    /// <summary>What the verdict rests on, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>"nightly: Fresh, data until 2026-11-30 00:00:00Z".</summary>
    public override string ToString() => DataUntil is { } until
        ? FormattableString.Invariant($"{Name ?? BatchExportId}: {Verdict}, data until {until.UtcDateTime:u}")
        : $"{Name ?? BatchExportId}: {Verdict}";
}
