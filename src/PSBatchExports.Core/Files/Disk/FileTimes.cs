namespace PSBatchExports.Files.Disk;

/// <summary>Compares file times, which file systems may round.</summary>
internal static class FileTimes
{
    private static readonly TimeSpan MaxPrecision = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether a file has the time that was set. FAT and exFAT round times to even seconds, down or up, so an even time may be off by less
    /// than two seconds. An odd one may not.
    /// </summary>
    /// <param name="actual">The time of the file.</param>
    /// <param name="expected">The time that was set, in whole seconds.</param>
    public static bool AreSame(DateTimeOffset actual, DateTimeOffset expected) =>
        actual == expected || (actual.UtcTicks % MaxPrecision.Ticks == 0 && (actual - expected).Duration() < MaxPrecision);
}
