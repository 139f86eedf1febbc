namespace PSBatchExports.Ledger;

/// <summary>Cuts time into windows.</summary>
internal static class LedgerWindows
{
    /// <summary>Half-open windows of a length, from the start of a range on. The last one may be shorter.</summary>
    public static IEnumerable<TimeRange> Cut(TimeRange range, TimeSpan length)
    {
        for (var start = range.Start; start < range.End; start += length)
            yield return new TimeRange(start, range.End - start > length ? start + length : range.End);
    }
}
