namespace PSBatchExports;

/// <summary>Which data is saved, and how.</summary>
public sealed record RangeSaveOptions
{
    /// <summary>The longest window, which is the longest interval of a run.</summary>
    public static TimeSpan MaxWindow => DataInterval.MaxLength;

    /// <summary>The full path of the folder with the ledger; created if missing.</summary>
    public required string Folder { get; init; }

    /// <summary>The model and the settings of all runs. Its interval is ignored.</summary>
    public required OnDemandRunRequest Settings { get; init; }

    /// <summary>The time to save: half-open, and not in the future.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>The length of a window. The last one may be shorter, as may those beside windows that the ledger has already.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The number of runs that may be in progress at once.</summary>
    public int MaximumRuns { get; init; } = 8;

    /// <summary>The number of connections to the storage, over all files.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>
    /// The number of rows that the runs of this call may export; null for no limit. No run is started that is expected to exceed it. The
    /// first run is started alone if the ledger does not show how many rows to expect.
    /// </summary>
    public long? MaximumRecords { get; init; }

    /// <summary>As <see cref="SaveOptions.Verify"/>.</summary>
    public bool Verify { get; init; }

    /// <summary>Whether data that was paid for, but is out of reach, is exported once more.</summary>
    public bool PayAgain { get; init; }

    /// <summary>Called from several threads when something has happened; null for no one.</summary>
    public Action<RangeProgress>? OnProgress { get; init; }
}

/// <summary>How far a range has come.</summary>
/// <param name="Windows">The number of windows.</param>
/// <param name="Saved">The number of windows that are saved.</param>
/// <param name="InProgress">The number of runs in progress.</param>
/// <param name="Records">The number of rows that the runs of this call have exported.</param>
/// <param name="Bytes">The size of all files that this call has saved.</param>
public sealed record RangeProgress(int Windows, int Saved, int InProgress, long Records, long Bytes);
