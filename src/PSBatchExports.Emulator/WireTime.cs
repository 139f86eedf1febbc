using System.Globalization;

namespace PSBatchExports.Emulator;

/// <summary>Timestamps as the service writes them.</summary>
internal static class WireTime
{
    /// <summary>UTC with <c>Z</c>; microseconds only where there are any.</summary>
    public static string Format(DateTimeOffset time) => Text(time) + "Z";

    public static string? Format(DateTimeOffset? time) => time is { } value ? Format(value) : null;

    /// <summary>UTC with <c>+00:00</c>, as in error texts and file names.</summary>
    public static string WithOffset(DateTimeOffset time) => Text(time) + "+00:00";

    private static string Text(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        var format = utc.Ticks % TimeSpan.TicksPerSecond / 10 == 0 ? "yyyy-MM-dd'T'HH:mm:ss" : "yyyy-MM-dd'T'HH:mm:ss.ffffff";
        return utc.ToString(format, CultureInfo.InvariantCulture);
    }
}
