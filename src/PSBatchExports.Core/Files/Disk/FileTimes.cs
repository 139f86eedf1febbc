namespace PSBatchExports.Files.Disk;

/// <summary>Times of files as file systems keep them.</summary>
internal static class FileTimes
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether a file has the time that it was given. FAT, exFAT and what is built on them keep it in steps of two seconds, rounded down or up: there, and only there,
    /// the time may be a second off.
    /// </summary>
    /// <param name="kept">The time that the file has.</param>
    /// <param name="given">The time that it was given, in whole seconds.</param>
    public static bool AreSame(DateTimeOffset kept, DateTimeOffset given) =>
        kept == given || (kept.UtcTicks % LongestStep.Ticks == 0 && (kept - given).Duration() < LongestStep);
}
