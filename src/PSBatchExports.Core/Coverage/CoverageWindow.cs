namespace PSBatchExports.Coverage;

/// <summary>The time of which the coverage is wanted.</summary>
/// <param name="After">The start.</param>
/// <param name="Before">The end.</param>
/// <param name="Now">The service's time; nothing later is looked at.</param>
/// <param name="MaxRunLength">How much time the data of one run may span.</param>
internal sealed record CoverageWindow(DateTimeOffset After, DateTimeOffset Before, DateTimeOffset Now, TimeSpan MaxRunLength)
{
    /// <summary>
    /// The backfills that the runs do not tell of; null to read them when they are needed. One that ends between the reading of the runs
    /// and of the backfills is in neither.
    /// </summary>
    public IReadOnlyList<BatchExportBackfill>? Backfills { get; init; }

    /// <summary>The time itself; empty if it has not begun.</summary>
    public TimeRange Range
    {
        get
        {
            var end = Before < Now ? Before : Now;
            return After < end ? new TimeRange(After, end) : default;
        }
    }
}
