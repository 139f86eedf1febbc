using System.Globalization;

namespace PSBatchExports.Views;

/// <summary>Formats times and time spans in UTC.</summary>
internal static class SpanText
{
    /// <summary>The time to the minute.</summary>
    public static string? Minute(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The time to the second, marked as UTC.</summary>
    public static string Second(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>The time to the second, or that there is none.</summary>
    public static string Second(DateTimeOffset? at) => at is { } time ? Second(time) : "no time that is known";

    /// <summary>"2026-10-01 to 10-08"; with times of day if either has one, and with the second year if it differs.</summary>
    public static string Between(DateTimeOffset? start, DateTimeOffset? end)
    {
        var time = HasTime(start) || HasTime(end) ? " HH:mm" : "";
        var year = start?.UtcDateTime.Year == end?.UtcDateTime.Year ? "" : "yyyy-";
        return $"{Format(start, $"yyyy-MM-dd{time}") ?? "the beginning"} to {Format(end, $"{year}MM-dd{time}") ?? "now"}";
    }

    private static bool HasTime(DateTimeOffset? at) => at is { UtcDateTime.TimeOfDay.Ticks: > 0 };

    private static string? Format(DateTimeOffset? at, string format) => at?.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
