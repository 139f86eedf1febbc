namespace PSBatchExports.Emulator.State;

/// <summary>The intervals of scheduled exports.</summary>
internal static class Intervals
{
    public static readonly string[] All = ["hour", "day", "week", "every 5 minutes", "every 15 minutes"];

    public static bool IsBelowOneHour(string interval) => interval.StartsWith("every", StringComparison.Ordinal);

    public static TimeSpan LengthOf(string interval) => interval switch
    {
        "day" => TimeSpan.FromDays(1),
        "week" => TimeSpan.FromDays(7),
        "every 5 minutes" => TimeSpan.FromMinutes(5),
        "every 15 minutes" => TimeSpan.FromMinutes(15),
        _ => TimeSpan.FromHours(1),
    };
}
