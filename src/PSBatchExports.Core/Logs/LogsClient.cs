using System.Runtime.CompilerServices;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Json;
using PSBatchExports.Logs;

namespace PSBatchExports;

/// <summary>Logs of exports and runs (docs/wire.md, section 10).</summary>
public sealed class LogsClient
{
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
        return new LogReader(_api, source, query ?? new LogQuery()).ReadAsync(paging.MaxRead, cancellationToken).Slice(paging, cancellationToken);
    }

    /// <summary>
    /// Reads the lines written from now on (or since <see cref="LogQuery.After"/>), oldest first, until cancelled or until what is followed has ended. A
    /// failure that may go away is a warning, not the end.
    /// </summary>
    /// <param name="source">Whose log.</param>
    /// <param name="query">Which lines; null for all.</param>
    /// <param name="interval">Time between two looks.</param>
    /// <param name="hasEnded">Says whether what is followed has ended; null where it never does.</param>
    /// <param name="paging">Which part; null for all.</param>
    /// <param name="from">The time that counts as now, by this machine's clock; null for when the reading begins.</param>
    /// <param name="cancellationToken">Ends the following.</param>
    public IAsyncEnumerable<BatchExportLogEntry> FollowAsync(
        LogSource source,
        LogQuery? query,
        TimeSpan interval,
        Func<CancellationToken, Task<bool>>? hasEnded = null,
        Paging? paging = null,
        DateTimeOffset? from = null,
        CancellationToken cancellationToken = default) =>
        FollowAllAsync(source, query ?? new LogQuery(), interval, hasEnded, from, cancellationToken).Slice(paging ?? Paging.All, cancellationToken);

    private async IAsyncEnumerable<BatchExportLogEntry> FollowAllAsync(
        LogSource source, LogQuery query, TimeSpan interval, Func<CancellationToken, Task<bool>>? hasEnded, DateTimeOffset? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var border = new PageBorder();
        var began = from ?? _api.Time.GetUtcNow();
        var since = query.After;
        while (true)
        {
            // Asked before the log is read: what was written before the end is then read too.
            var (isLast, fresh, wait) = await TryLookAsync(source, query with { After = since }, began, hasEnded, cancellationToken);
            fresh.Reverse();
            foreach (var entry in fresh.Where(border.IsNew))
                yield return entry;

            if (fresh.Count > 0)
            {
                var newest = fresh[^1].Timestamp;
                border.Keep(fresh, newest);
                since = newest.Shift(-TimeSpan.FromMicroseconds(1));
            }

            if (isLast)
                yield break;

            await Task.Delay(wait > interval ? wait : interval, _api.Time, cancellationToken);
        }
    }

    private async Task<(bool IsLast, List<BatchExportLogEntry> Entries, TimeSpan Wait)> TryLookAsync(
        LogSource source, LogQuery query, DateTimeOffset began, Func<CancellationToken, Task<bool>>? hasEnded, CancellationToken cancellationToken)
    {
        try
        {
            var isLast = hasEnded is not null && await hasEnded(cancellationToken);
            query = query with { After = query.After ?? await ByServerClockAsync(source, query, began, cancellationToken) };
            var entries = new List<BatchExportLogEntry>();
            await foreach (var entry in ReadAsync(source, query, cancellationToken: cancellationToken))
                entries.Add(entry);

            return (isLast, entries, TimeSpan.Zero);
        }
        catch (Exception failure) when (failure is ThrottledException || RetryRules.IsTransient(failure))
        {
            _api.Observer.OnWarning($"{failure.Message} Still following the log.");
            return (false, [], RetryRules.RequestedDelay(failure) ?? TimeSpan.Zero);
        }
    }

    // Lines have the service's time. Where no answer has told it yet, the one to a short question does.
    private async Task<DateTimeOffset> ByServerClockAsync(LogSource source, LogQuery query, DateTimeOffset time, CancellationToken cancellationToken)
    {
        if (!_api.ServerClock.IsKnown)
        {
            await foreach (var _ in ReadAsync(source, query, new Paging { First = 1 }, cancellationToken))
                break;
        }

        return _api.ServerClock.At(time);
    }
}
