namespace PSBatchExports.Logs;

/// <summary>Slices that were requested together, with one page of what is older.</summary>
/// <param name="Slices">The slices, newest first.</param>
/// <param name="FirstPages">The first page of each slice.</param>
/// <param name="RestPage">A page of what is older.</param>
internal sealed record LogBatch(
    IReadOnlyList<TimeSlice> Slices,
    IReadOnlyList<Task<IReadOnlyList<BatchExportLogEntry>>> FirstPages,
    Task<IReadOnlyList<BatchExportLogEntry>> RestPage)
{
    /// <summary>Waits for all pages, whether or not they fail.</summary>
    public async Task CompleteAsync()
    {
        foreach (Task page in FirstPages.Append(RestPage))
            await page.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Whether there are slices and each of them fit into one page.</summary>
    public async Task<bool> IsEvenAsync()
    {
        if (Slices.Count == 0)
            return false;

        await CompleteAsync();
        return FirstPages.Append(RestPage).All(page => page.IsCompletedSuccessfully) && Slices.All(slice => slice.LineCount < slice.Limit);
    }
}
