using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator.History;

/// <summary>An interval whose run was due, and how that run went.</summary>
internal sealed class PastInterval(DataInterval interval, DateTimeOffset startsAt)
{
    public DataInterval Interval => interval;

    public DateTimeOffset StartsAt { get; set; } = startsAt;

    public bool HasRun { get; set; } = true;

    public string Status { get; set; } = RunStatus.Completed;

    public string? Error { get; set; }

    public bool IsEmpty { get; set; }

    /// <summary>The export was paused by the service when this run failed.</summary>
    public bool PausesExport { get; set; }
}
