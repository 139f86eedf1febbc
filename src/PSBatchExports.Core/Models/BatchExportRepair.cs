using System.Globalization;

namespace PSBatchExports;

/// <summary>A range of a gap that was exported again.</summary>
public sealed record BatchExportRepair : ServiceObject
{
    /// <summary>The export's UUID.</summary>
    public required string BatchExportId { get; init; }

    /// <summary>The export's name; null if the service sent none.</summary>
    public string? Name { get; init; }

    /// <summary>The project's number; null if neither the response nor the request had it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The start of the data, inclusive.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>The end of the data, exclusive.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>The number of intervals.</summary>
    public required int Intervals { get; init; }

    /// <summary>The backfill; null if none was started.</summary>
    public string? BackfillId { get; init; }

    /// <summary>How the backfill ended, as <see cref="RunStatus"/> has it; Failed, too, if runs of it failed.</summary>
    public string? Status { get; init; }

    /// <summary>The number of exported rows; null while unknown.</summary>
    public long? Records { get; init; }

    /// <summary>How exactly it fills the gap.</summary>
    public required string Exactness { get; init; }

    /// <summary>"nightly: Completed, 2026-11-01 00:00:00Z to 2026-11-02 00:00:00Z".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name ?? BatchExportId}: {Status}, {Start.UtcDateTime:u} to {End.UtcDateTime:u}");
}
