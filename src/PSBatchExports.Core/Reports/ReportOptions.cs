namespace PSBatchExports;

/// <summary>What a report shows.</summary>
public sealed record ReportOptions
{
    /// <summary>The number of days that a report shows by default, and today.</summary>
    public const int DefaultDays = 30;

    /// <summary>The start of the time that is shown; null for the midnight in UTC of <see cref="DefaultDays"/> days ago.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>How old the end of an export's data may be; null for no limit.</summary>
    public TimeSpan? MaxLag { get; init; }
}
