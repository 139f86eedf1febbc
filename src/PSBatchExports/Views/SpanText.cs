using System.Globalization;

namespace PSBatchExports.Views;

/// <summary>Times and spans of time in UTC, no longer than they need to be.</summary>
internal static class SpanText
{
    /// <summary>The time to the minute.</summary>
    public static string? Minute(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The time to the second, marked as UTC.</summary>
    public static string Second(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>"2026-10-01 to 10-08"; with times of day where either has one, with the second year where it is another.</summary>
    public static string Between(DateTimeOffset? start, DateTimeOffset? end)
    {
        var time = HasTime(start) || HasTime(end) ? " HH:mm" : "";
        var year = start?.UtcDateTime.Year == end?.UtcDateTime.Year ? "" : "yyyy-";
        return $"{Format(start, $"yyyy-MM-dd{time}") ?? "the beginning"} to {Format(end, $"{year}MM-dd{time}") ?? "now"}";
    }

    private static bool HasTime(DateTimeOffset? at) => at is { UtcDateTime.TimeOfDay.Ticks: > 0 };

    private static string? Format(DateTimeOffset? at, string format) => at?.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
