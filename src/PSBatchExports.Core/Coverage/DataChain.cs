namespace PSBatchExports.Coverage;

/// <summary>The unbroken chain of covered intervals at the beginning of a window, and what broke it.</summary>
internal sealed class DataChain
{
    private bool _isOnlyEmpty = true;

    /// <summary>The start of the first interval; null if there is none.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>The end of the chain; null if the first interval is not covered.</summary>
    public DateTimeOffset? Until { get; private set; }

    /// <summary>The first interval that is not covered; null if all are.</summary>
    public IntervalCoverage? Break { get; private set; }

    /// <summary>Whether intervals were exported, all of them without rows.</summary>
    public bool IsOnlyEmpty => _isOnlyEmpty && Until is not null;

    public void Add(IntervalCoverage interval)
    {
        Since ??= interval.Range.Start;
        if (interval.IsCovered)
            _isOnlyEmpty &= interval.State == BatchExportCoverageState.Empty;

        if (Break is not null)
            return;

        if (interval.IsCovered)
            Until = interval.Range.End;
        else
            Break = interval;
    }
}
