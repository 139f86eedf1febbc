using System.Runtime.CompilerServices;

namespace PSBatchExports;

/// <summary>
/// Reads a log back from its newest line (docs/wire.md, section 10). A page says how dense the log is about there; from that the next spans of time are guessed, each
/// of which should fit into a page, and asked for at once with what lies behind them. A wrong guess costs requests, never lines: what does not fit is read on within its span.
/// </summary>
internal sealed class LogReader(Api api, LogSource source, LogQuery query)
{
    private const int PageSize = 500;

    private const int MostSpans = 4;

    /// <summary>How full a page is expected to be, as no log is quite even.</summary>
    private const double ExpectedFill = 0.8;

    public async IAsyncEnumerable<BatchExportLogEntry> ReadAsync(ulong wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var rest = new Span { Query = query, Limit = (int)Math.Clamp(wanted, 1, PageSize) };
        Task<IReadOnlyList<BatchExportLogEntry>>[] pages = [];
        try
        {
            for (var (ahead, read) = (0, 0UL); ;)
            {
                var spans = rest.SplitOff(wanted > read ? (int)Math.Min((ulong)ahead, (wanted - read) / PageSize) : 0);
                pages = [.. spans.Append(rest).Select(span => ReadPageAsync(span, stop.Token))];
                var lines = 0;
                for (var i = 0; i < spans.Count; i++)
                {
                    var page = await pages[i];
                    while (true)
                    {
                        lines += page.Count;
                        foreach (var entry in page.Where(spans[i].Holds))
                            yield return Complete(entry);

                        if (!GoesOn(spans[i], page))
                            break;

                        page = await ReadPageAsync(spans[i], stop.Token);
                    }
                }

                var last = await pages[^1];
                foreach (var entry in last.Where(rest.Holds))
                    yield return Complete(entry);

                if (!GoesOn(rest, last))
                    yield break;

                read += (ulong)(lines + last.Count);
                ahead = lines >= spans.Count * PageSize / 4 ? Math.Clamp(ahead * 2, 2, MostSpans) : 0;
            }
        }
        finally
        {
            await stop.CancelAsync();
            foreach (Task page in pages)
                await page.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Moves the span behind the page; false if nothing is there.
    private bool GoesOn(Span span, IReadOnlyList<BatchExportLogEntry> page)
    {
        if (page.Count < span.Limit || page[^1].Timestamp <= span.Query.After)
            return false;

        var oldest = page[^1].Timestamp;
        span.Covered = page[0].Timestamp - oldest;
        if (span.Covered > TimeSpan.Zero)
        {
            span.Border.Keep(page, oldest);
            MoveBack(span, oldest, microseconds: 1);
        }
        else if (span.Limit < PageSize)
        {
            span.Border.Keep(page, oldest);
            span.Limit = PageSize;
        }
        else
        {
            api.Observer.OnWarning($"{PageSize} log lines or more were written in the microsecond {WireTime.Format(oldest)}; the service hands out no more than {PageSize} of them.");
            MoveBack(span, oldest, microseconds: 0);
        }

        return true;
    }

    // The oldest line of a page is older than what was asked for, unless the server does not heed what it is asked.
    private void MoveBack(Span span, DateTimeOffset oldest, double microseconds)
    {
        if (oldest >= (span.Query.Before ?? DateTimeOffset.MaxValue).AddMicroseconds(-microseconds))
            throw new UnexpectedResponseException("The log does not end: a page holds lines that were read before.", ApiRequest.Get(source.Path).Failed);

        span.Query = span.Query with { Before = oldest.AddMicroseconds(microseconds) };
    }

    private BatchExportLogEntry Complete(BatchExportLogEntry entry) =>
        entry with { BatchExportId = source.BatchExportId, RunId = source.RunId, ProjectId = source.Scope.ProjectNumber };

    private async Task<IReadOnlyList<BatchExportLogEntry>> ReadPageAsync(Span span, CancellationToken cancellationToken)
    {
        var parameters = new Query()
            .Add("limit", span.Limit)
            .Add("after", span.Query.After)
            .Add("before", span.Query.Before)
            .Add("level", span.Query.Levels is { Count: > 0 } levels ? string.Join(',', levels.SelectMany(Spellings).Distinct(StringComparer.Ordinal)) : null)
            .Add("search", span.Query.Search)
            .Add("instance_id", span.Query.InstanceId);
        var page = await api.SendAsync(ApiRequest.Get(source.Path, parameters.ToString()), wire => wire.PageBatchExportLogEntry, cancellationToken);
        return page.Results ?? [];
    }

    // Documentation and workers spell warnings differently.
    private static string[] Spellings(string level) => level.ToUpperInvariant() switch
    {
        "WARN" or "WARNING" => ["WARN", "WARNING"],
        var other => [other],
    };

    /// <summary>A span of time whose lines are read page by page.</summary>
    private sealed class Span
    {
        public required LogQuery Query { get; set; }

        public required int Limit { get; set; }

        /// <summary>The time that the last page covered; zero where that says nothing.</summary>
        public TimeSpan Covered { get; set; }

        public PageBorder Border { get; private set; } = new();

        /// <summary>Whether the line is of this span and was not read before, even where a server does not heed what it is asked.</summary>
        public bool Holds(BatchExportLogEntry entry) => !(entry.Timestamp <= Query.After) && Border.IsNew(entry);

        /// <summary>Takes spans off the newer end, newest first. This one is then what lies behind them.</summary>
        public List<Span> SplitOff(int count)
        {
            var step = TimeSpan.FromMicroseconds(Math.Floor(Covered.TotalMicroseconds * ExpectedFill));
            var spans = new List<Span>();
            for (; count > 0 && step > TimeSpan.Zero && Query.Before is { } newest; count--)
            {
                var oldest = newest - step;
                if (oldest <= Query.After)
                    break;

                spans.Add(new Span { Query = Query with { After = oldest.AddMicroseconds(-1) }, Limit = PageSize, Border = Border });
                (Query, Border) = (Query with { Before = oldest }, new PageBorder());
            }

            return spans;
        }
    }
}
