using System.Globalization;

namespace PSBatchExports.Time;

/// <summary>Formats times for the service: UTC with Z, microseconds only if there are any (docs/wire.md, section 1).</summary>
internal static class WireTime
{
    public static string Format(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        var format = utc.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
        return utc.ToString(format, CultureInfo.InvariantCulture);
    }
}
