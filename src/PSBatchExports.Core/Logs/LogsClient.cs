using System.Runtime.CompilerServices;

namespace PSBatchExports;

/// <summary>Logs of exports and runs (docs/wire.md, section 10).</summary>
public sealed class LogsClient
{
    private const int PageSize = 500;

    private readonly Api _api;

    internal LogsClient(Api api) => _api = api;

    /// <summary>Reads a log, newest first, as it arrives. Lines that share a timestamp across a page border come out once each.</summary>
    /// <param name="source">Whose log.</param>
    /// <param name="query">Which lines; null for all.</param>
    /// <param name="paging">Which part; null for all. The service knows no total.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<BatchExportLogEntry> ReadAsync(LogSource source, LogQuery? query = null, Paging? paging = null, CancellationToken cancellationToken = default)
    {
        paging ??= Paging.All;
        return ReadAllAsync(source, query ?? new LogQuery(), Limit(paging), cancellationToken).Part(paging, cancellationToken);
    }

    private async IAsyncEnumerable<BatchExportLogEntry> ReadAllAsync(LogSource source, LogQuery query, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var border = new PageBorder();
        var before = query.Before;
        while (true)
        {
            var entries = await ReadPageAsync(source, query, before, limit, cancellationToken);
            foreach (var entry in entries.Where(border.IsNew))
                yield return Complete(entry, source);

            if (entries.Count < limit)
                yield break;

            var oldest = entries[^1].Timestamp;
            if (entries[0].Timestamp == oldest)
            {
                if (limit < PageSize)
                {
                    border.Keep(entries, oldest);
                    limit = PageSize;
                    continue;
                }

                _api.Observer.OnWarning($"{PageSize} log lines or more were written in the microsecond {WireTime.Format(oldest)}; the service hands out no more than {PageSize} of them.");
                before = Back(before, oldest, microseconds: 0, source);
            }
            else
            {
                border.Keep(entries, oldest);
                before = Back(before, oldest, microseconds: 1, source);
            }
        }
    }

    // The oldest line of a page is older than what was asked for, unless the server does not heed what it is asked.
    private static DateTimeOffset Back(DateTimeOffset? before, DateTimeOffset oldest, double microseconds, LogSource source) =>
        oldest < (before ?? DateTimeOffset.MaxValue).AddMicroseconds(-microseconds)
            ? oldest.AddMicroseconds(microseconds)
            : throw new UnexpectedResponseException("The log does not end: a page holds lines that were read before.", ApiRequest.Get(source.Path).Failed);

    /// <summary>
    /// Reads the lines written from now on (or since <see cref="LogQuery.After"/>), oldest first, until cancelled or until what is followed has ended. A
    /// failure that may go away is a warning, not the end.
    /// </summary>
    /// <param name="source">Whose log.</param>
    /// <param name="query">Which lines; null for all.</param>
    /// <param name="interval">Time between two looks.</param>
    /// <param name="hasEnded">Says whether what is followed has ended; null where it never does.</param>
    /// <param name="paging">Which part; null for all.</param>
    /// <param name="cancellationToken">Ends the following.</param>
    public IAsyncEnumerable<BatchExportLogEntry> FollowAsync(
        LogSource source, LogQuery? query, TimeSpan interval, Func<CancellationToken, Task<bool>>? hasEnded = null, Paging? paging = null, CancellationToken cancellationToken = default) =>
        FollowAllAsync(source, query ?? new LogQuery(), interval, hasEnded, cancellationToken).Part(paging ?? Paging.All, cancellationToken);

    private async IAsyncEnumerable<BatchExportLogEntry> FollowAllAsync(
        LogSource source, LogQuery query, TimeSpan interval, Func<CancellationToken, Task<bool>>? hasEnded, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var border = new PageBorder();
        var since = query.After ?? _api.Time.GetUtcNow();
        while (true)
        {
            // Asked before the log is read: what was written before the end is then read too.
            var (isLast, fresh, wait) = await TryLookAsync(source, query with { After = since }, hasEnded, cancellationToken);
            fresh.Reverse();
            foreach (var entry in fresh.Where(border.IsNew))
                yield return entry;

            if (fresh.Count > 0)
            {
                var newest = fresh[^1].Timestamp;
                border.Keep(fresh, newest);
                since = newest.AddMicroseconds(-1);
            }

            if (isLast)
                yield break;

            await Task.Delay(wait > interval ? wait : interval, _api.Time, cancellationToken);
        }
    }

    private async Task<(bool IsLast, List<BatchExportLogEntry> Entries, TimeSpan Wait)> TryLookAsync(LogSource source, LogQuery query, Func<CancellationToken, Task<bool>>? hasEnded, CancellationToken cancellationToken)
    {
        try
        {
            var isLast = hasEnded is not null && await hasEnded(cancellationToken);
            var entries = new List<BatchExportLogEntry>();
            await foreach (var entry in ReadAsync(source, query, cancellationToken: cancellationToken))
                entries.Add(entry);

            return (isLast, entries, TimeSpan.Zero);
        }
        catch (Exception failure) when (failure is ThrottledException || RetryRules.MayPass(failure))
        {
            _api.Observer.OnWarning($"{failure.Message} The log is followed on.");
            return (false, [], RetryRules.WaitAskedFor(failure) ?? TimeSpan.Zero);
        }
    }

    private static int Limit(Paging paging)
    {
        var wanted = paging.First > PageSize || paging.Skip > PageSize ? PageSize : paging.First + paging.Skip;
        return (int)Math.Clamp(wanted, 1, PageSize);
    }

    private static BatchExportLogEntry Complete(BatchExportLogEntry entry, LogSource source) =>
        entry with { BatchExportId = source.BatchExportId, RunId = source.RunId, ProjectId = source.Scope.ProjectNumber };

    private async Task<IReadOnlyList<BatchExportLogEntry>> ReadPageAsync(LogSource source, LogQuery query, DateTimeOffset? before, int limit, CancellationToken cancellationToken)
    {
        var parameters = new Query()
            .Add("limit", limit)
            .Add("after", query.After)
            .Add("before", before)
            .Add("level", query.Levels is { Count: > 0 } levels ? string.Join(',', levels.SelectMany(Spellings).Distinct(StringComparer.Ordinal)) : null)
            .Add("search", query.Search)
            .Add("instance_id", query.InstanceId);
        var page = await _api.SendAsync(ApiRequest.Get(source.Path, parameters.ToString()), WireContext.Default.PageBatchExportLogEntry, cancellationToken);
        return page.Results ?? [];
    }

    // Documentation and workers spell warnings differently.
    private static string[] Spellings(string level) => level.ToUpperInvariant() switch
    {
        "WARN" or "WARNING" => ["WARN", "WARNING"],
        var other => [other],
    };

    /// <summary>Remembers the lines of one microsecond, to tell them apart when the next page begins in it.</summary>
    private sealed class PageBorder
    {
        private readonly Dictionary<(string?, string?, string?, DateTimeOffset), int> _seen = [];

        public void Keep(IEnumerable<BatchExportLogEntry> entries, DateTimeOffset time)
        {
            _seen.Clear();
            foreach (var entry in entries.Where(entry => entry.Timestamp == time))
                _seen[Key(entry)] = _seen.GetValueOrDefault(Key(entry)) + 1;
        }

        public bool IsNew(BatchExportLogEntry entry)
        {
            var key = Key(entry);
            if (!_seen.TryGetValue(key, out var count))
                return true;

            if (count == 1)
                _seen.Remove(key);
            else
                _seen[key] = count - 1;

            return false;
        }

        private static (string?, string?, string?, DateTimeOffset) Key(BatchExportLogEntry entry) => (entry.InstanceId, entry.Level, entry.Message, entry.Timestamp);
    }
}
