namespace PSBatchExports;

/// <summary>The rows that an export had in a day, or in a week if it runs weekly.</summary>
/// <param name="Range">The day in UTC, or the interval if it is longer than an hour.</param>
/// <param name="Records">The number of rows; null if the service did not say.</param>
public sealed record ReportRows(TimeRange Range, long? Records);
