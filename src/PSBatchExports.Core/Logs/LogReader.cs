using System.Runtime.CompilerServices;
using PSBatchExports.Http;
using PSBatchExports.Time;
using PSBatchExports.Wire;

namespace PSBatchExports.Logs;

/// <summary>
/// Reads a log, newest line first (docs/wire.md, section 10). <see cref="LogWindow"/> decides which pages are requested together.
/// </summary>
internal sealed class LogReader(Api api, LogSource source, LogQuery query)
{
    private const int PageSize = TimeSlice.PageSize;

    /// <param name="wanted">The maximum number of lines to read.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public IAsyncEnumerable<BatchExportLogEntry> ReadAsync(ulong wanted, CancellationToken cancellationToken) =>
        ReadAsync(new LogWindow(query, wanted), firstPage: null, cancellationToken);

    private async IAsyncEnumerable<BatchExportLogEntry> ReadAsync(
        LogWindow window, Task<IReadOnlyList<BatchExportLogEntry>>? firstPage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        LogBatch? batch = new LogBatch([], [], firstPage ?? ReadPageAsync(window.Rest, stop.Token));
        LogBatch? next = null;
        try
        {
            while (batch is not null)
            {
                // If every slice fit into its page, the next batch is requested while this one is returned.
                var early = await batch.IsEvenAsync() ? await AcceptRestAsync(window.Rest, batch) : null;
                if (early is not null)
                {
                    window.Rest.LineCountOfSplits += batch.Slices.Sum(slice => slice.TotalLineCount);
                    next = early.HasMore ? RequestNext(window, batch, stop.Token) : null;
                }

                for (var index = 0; index < batch.Slices.Count; index++)
                {
                    var slice = batch.Slices[index];
                    await foreach (var entry in ReadAsync(window.Inside(slice), batch.FirstPages[index], stop.Token))
                        yield return entry;

                    if (early is null)
                        window.Rest.LineCountOfSplits += slice.TotalLineCount;
                }

                var rest = early ?? await AcceptRestAsync(window.Rest, batch);
                foreach (var entry in rest.Lines)
                    yield return Complete(entry);

                if (early is null && rest.HasMore)
                    next = RequestNext(window, batch, stop.Token);

                (batch, next) = (next, null);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await (batch?.CompleteAsync() ?? Task.CompletedTask);
            await (next?.CompleteAsync() ?? Task.CompletedTask);
        }
    }

    private LogBatch RequestNext(LogWindow window, LogBatch previous, CancellationToken cancellationToken)
    {
        var slices = window.NextSlices(previous.Slices);
        var firstPages = slices.Select(slice => ReadPageAsync(slice, cancellationToken)).ToArray();
        return new LogBatch(slices, firstPages, ReadPageAsync(window.Rest, cancellationToken));
    }

    private async Task<RestOfLog> AcceptRestAsync(TimeSlice rest, LogBatch batch)
    {
        var page = await batch.RestPage;
        var lines = page.Where(rest.IsNew).ToArray();
        return new RestOfLog(lines, TryAdvance(rest, page));
    }

    // Moves a slice behind a page; false at its end.
    private bool TryAdvance(TimeSlice slice, IReadOnlyList<BatchExportLogEntry> page)
    {
        if (page.Count < slice.Limit || page[^1].Timestamp <= slice.Query.After)
            return false;

        var oldest = page[^1].Timestamp;
        slice.LastPageSpan = page[0].Timestamp - oldest;
        if (slice.LastPageSpan > TimeSpan.Zero)
        {
            slice.Overlap.Remember(page, oldest);
            MoveBefore(slice, oldest.Shift(TimeSpan.FromMicroseconds(1)));
        }
        else if (slice.Limit < PageSize)
        {
            slice.Overlap.Remember(page, oldest);
            slice.Limit = PageSize;
        }
        else
        {
            api.Observer.OnWarning(
                $"{PageSize} log lines or more were written in the microsecond {WireTime.Format(oldest)}; "
                + $"the service hands out no more than {PageSize} of them.");
            MoveBefore(slice, oldest);
        }

        return true;
    }

    private void MoveBefore(TimeSlice slice, DateTimeOffset before)
    {
        // Unless the server ignores the bound, the oldest line of a page is older than what was asked for.
        if (before >= (slice.Query.Before ?? DateTimeOffset.MaxValue))
        {
            var request = api.Get(source.Path(api.Routes));
            throw new UnexpectedResponseException("The log does not end: a page holds lines that were read before.", request.Failed);
        }

        slice.Query = slice.Query with { Before = before };
    }

    private BatchExportLogEntry Complete(BatchExportLogEntry entry) => entry with
    {
        BatchExportId = source.BatchExportId,
        RunId = source.RunId,
        ProjectId = api.Scope.ProjectNumber,
        Origin = api.Origin,
    };

    private async Task<IReadOnlyList<BatchExportLogEntry>> ReadPageAsync(TimeSlice slice, CancellationToken cancellationToken)
    {
        var parameters = new Query()
            .Add("limit", slice.Limit)
            .Add("after", slice.Query.After)
            .Add("before", slice.Query.Before)
            .Add("level", Levels(slice.Query))
            .Add("search", slice.Query.Search)
            .Add("instance_id", slice.Query.InstanceId);
        var request = api.Get(source.Path(api.Routes), parameters.ToString());
        var page = await api.SendAsync(request, Page<BatchExportLogEntry>.Reader(BatchExportLogEntry.Read), cancellationToken);
        slice.LineCount += page.Results?.Count ?? 0;
        return page.Results ?? [];
    }

    // The service does not trim: a level after a space matches nothing.
    private static string? Levels(LogQuery query)
    {
        const StringSplitOptions options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var levels = (query.Levels ?? [])
            .SelectMany(text => text.Split(',', options))
            .SelectMany(Spellings)
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        return levels.Length > 0 ? string.Join(',', levels) : null;
    }

    // The documentation and the workers spell warnings differently.
    private static string[] Spellings(string level) => level.ToUpperInvariant() switch
    {
        "WARN" or "WARNING" => ["WARN", "WARNING"],
        var other => [other],
    };

    /// <summary>The new lines of a page of what is older, and whether there is more.</summary>
    private sealed record RestOfLog(IReadOnlyList<BatchExportLogEntry> Lines, bool HasMore);
}
