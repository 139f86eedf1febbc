using System.Globalization;

namespace PSBatchExports.Views;

/// <summary>Formats local times.</summary>
internal static class ClockTime
{
    /// <summary>"13:37:00", or "2027-01-29 13:37:00" if it is not today.</summary>
    public static string Describe(DateTimeOffset at, DateTimeOffset now)
    {
        var (local, today) = (at.ToLocalTime(), now.ToLocalTime());
        return local.ToString(local.Date == today.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }
}
