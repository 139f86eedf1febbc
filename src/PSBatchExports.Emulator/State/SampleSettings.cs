namespace PSBatchExports.Emulator;

/// <summary>What sample exports have in common; what is null differs as usual.</summary>
public sealed record SampleSettings
{
    public string? Interval { get; init; }

    /// <summary>How far back the runs go.</summary>
    public TimeSpan? History { get; init; }

    /// <summary>What happened in the history.</summary>
    public HistoryIncident? Incident { get; init; }
}
