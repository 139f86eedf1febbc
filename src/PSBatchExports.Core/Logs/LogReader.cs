using System.Runtime.CompilerServices;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Json;

namespace PSBatchExports.Logs;

/// <summary>
/// Reads a log back from its newest line (docs/wire.md, section 10). A page says how dense the log is about there; from that the next spans of time are guessed, each
/// of which should fit into a page, and asked for at once with what lies behind them. A wrong guess costs requests, never lines: what does not fit is read on within its span.
/// </summary>
internal sealed class LogReader(Api api, LogSource source, LogQuery query)
{
    private const int PageSize = 500;

    private const int MostSpans = 8;

    /// <summary>How full a page is expected to be, as no log is quite even.</summary>
    private const double ExpectedFill = 0.8;

    public async IAsyncEnumerable<BatchExportLogEntry> ReadAsync(ulong wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var rest = new Span { Query = query, Limit = (int)Math.Clamp(wanted, 1, PageSize) };
        var (ahead, read) = (0, 0UL);
        Round? round = Ask([]), next = null;
        try
        {
            for (; round is not null; (round, next) = (next, null))
            {
                // Behind an even round the next one is asked for while this one is handed out.
                var early = await round.IsEvenAsync() ? await BehindAsync(round) : null;
                next = early is { GoesOn: true } ? After(round) : null;
                foreach (var (span, first) in round.Spans.Zip(round.Pages))
                {
                    var page = await first;
                    while (true)
                    {
                        foreach (var entry in page.Where(span.Holds))
                            yield return Complete(entry);

                        if (!GoesOn(span, page))
                            break;

                        page = await ReadPageAsync(span, stop.Token);
                    }
                }

                var behind = early ?? await BehindAsync(round);
                foreach (var entry in behind.Lines)
                    yield return Complete(entry);

                if (early is null && behind.GoesOn)
                    next = After(round);
            }
        }
        finally
        {
            await stop.CancelAsync();
            foreach (Task page in (round?.Pages ?? []).Concat(next?.Pages ?? []))
                await page.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Round Ask(IReadOnlyList<Span> spans) => new(spans, [.. spans.Append(rest).Select(span => ReadPageAsync(span, stop.Token))]);

        async Task<Behind> BehindAsync(Round done)
        {
            var page = await done.Pages[^1];
            return new Behind(page.Where(rest.Holds).ToArray(), GoesOn(rest, page));
        }

        Round After(Round done)
        {
            var lines = done.Spans.Sum(span => span.Lines);
            read += (ulong)lines;
            ahead = lines >= done.Spans.Count * PageSize / 4 ? Math.Clamp(ahead * 4, 2, MostSpans) : 0;
            var left = wanted - Math.Min(wanted, read + (ulong)rest.Lines);
            return Ask(rest.SplitOff((int)Math.Min((ulong)ahead, left / PageSize)));
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
        if (oldest >= (span.Query.Before ?? DateTimeOffset.MaxValue).Shift(TimeSpan.FromMicroseconds(-microseconds)))
            throw new UnexpectedResponseException("The log does not end: a page holds lines that were read before.", api.Get(source.Path(api.Routes)).Failed);

        span.Query = span.Query with { Before = oldest.Shift(TimeSpan.FromMicroseconds(microseconds)) };
    }

    private BatchExportLogEntry Complete(BatchExportLogEntry entry) =>
        entry with
        {
            BatchExportId = source.BatchExportId,
            RunId = source.RunId,
            ProjectId = api.Scope.ProjectNumber,
            Origin = api.Origin,
        };

    private async Task<IReadOnlyList<BatchExportLogEntry>> ReadPageAsync(Span span, CancellationToken cancellationToken)
    {
        var parameters = new Query()
            .Add("limit", span.Limit)
            .Add("after", span.Query.After)
            .Add("before", span.Query.Before)
            .Add("level", Levels(span.Query))
            .Add("search", span.Query.Search)
            .Add("instance_id", span.Query.InstanceId);
        var page = await api.SendAsync(api.Get(source.Path(api.Routes), parameters.ToString()), wire => wire.PageBatchExportLogEntry, cancellationToken);
        span.Lines += page.Results?.Count ?? 0;
        return page.Results ?? [];
    }

    // The service does not trim what stands between the commas: a level after a space matches nothing.
    private static string? Levels(LogQuery query)
    {
        var levels = (query.Levels ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
        return levels.Length > 0 ? string.Join(',', levels.SelectMany(Spellings).Distinct(StringComparer.Ordinal)) : null;
    }

    // Documentation and workers spell warnings differently.
    private static string[] Spellings(string level) => level.ToUpperInvariant() switch
    {
        "WARN" or "WARNING" => ["WARN", "WARNING"],
        var other => [other],
    };

    /// <summary>Spans that are asked for at once, with a page of what lies behind them.</summary>
    private sealed record Round(IReadOnlyList<Span> Spans, Task<IReadOnlyList<BatchExportLogEntry>>[] Pages)
    {
        /// <summary>Whether there are spans, each of which came whole and in one page.</summary>
        public async Task<bool> IsEvenAsync()
        {
            if (Spans.Count == 0)
                return false;

            foreach (Task page in Pages)
                await page.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            return Pages.All(page => page.IsCompletedSuccessfully) && Spans.All(span => span.Lines < span.Limit);
        }
    }

    /// <summary>What lay behind a round, and whether there is more.</summary>
    private sealed record Behind(IReadOnlyList<BatchExportLogEntry> Lines, bool GoesOn);

    /// <summary>A span of time whose lines are read page by page.</summary>
    private sealed class Span
    {
        public required LogQuery Query { get; set; }

        public required int Limit { get; set; }

        /// <summary>The time that the last page covered; zero where that says nothing.</summary>
        public TimeSpan Covered { get; set; }

        public PageBorder Border { get; private set; } = new();

        /// <summary>How many lines were read of it.</summary>
        public long Lines { get; set; }

        /// <summary>Whether the line is of this span and was not read before, even where a server does not heed what it is asked.</summary>
        public bool Holds(BatchExportLogEntry entry) => !(entry.Timestamp <= Query.After) && Border.IsNew(entry);

        /// <summary>Takes spans off the newer end, newest first. This one is then what lies behind them.</summary>
        public List<Span> SplitOff(int count)
        {
            var step = TimeSpan.FromMicroseconds(Math.Floor(Covered.TotalMicroseconds * ExpectedFill));
            var spans = new List<Span>();
            for (; count > 0 && step > TimeSpan.Zero && Query.Before is { } newest; count--)
            {
                var oldest = newest.Shift(-step);
                if (oldest <= Query.After)
                    break;

                var after = oldest.Shift(-TimeSpan.FromMicroseconds(1));
                spans.Add(new Span { Query = Query with { After = after }, Limit = PageSize, Border = Border });
                (Query, Border) = (Query with { Before = oldest }, new PageBorder());
            }

            return spans;
        }
    }
}
