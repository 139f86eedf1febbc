using System.Runtime.CompilerServices;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Logs;
using PSBatchExports.Time;

namespace PSBatchExports;

/// <summary>Logs of exports and runs (docs/wire.md, section 10).</summary>
public sealed class LogsClient
{
    // More lines are not held back to be shown oldest first.
    private const int MaxLinesAhead = 2000;

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private readonly Api _api;

    internal LogsClient(Api api) => _api = api;

    /// <summary>Reads a log, newest line first. Each line is returned once, also if several share a timestamp across pages.</summary>
    /// <param name="source">The log.</param>
    /// <param name="query">The lines; null for all.</param>
    /// <param name="paging">The part to return; null for all. The total is unknown.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public IAsyncEnumerable<BatchExportLogEntry> ReadAsync(
        LogSource source, LogQuery? query = null, Paging? paging = null, CancellationToken cancellationToken = default)
    {
        paging ??= Paging.All;
        return new LogReader(_api, source, query ?? new LogQuery())
            .ReadAsync(paging.MaxRead, cancellationToken)
            .Slice(paging, cancellationToken);
    }

    /// <summary>
    /// Follows a log: reads the lines written from now on (or since <see cref="LogQuery.After"/>), oldest first, until cancelled or until
    /// the run has ended. A transient failure is only a warning.
    /// </summary>
    /// <param name="source">The log.</param>
    /// <param name="query">The lines; null for all.</param>
    /// <param name="hasEnded">Whether the run has ended; null to follow until cancelled.</param>
    /// <param name="followedLogs">How many logs are followed at the same time. All together are polled once every two seconds.</param>
    /// <param name="paging">The part to return; null for all.</param>
    /// <param name="from">The time that counts as now, by this machine's clock; null for the start of the enumeration.</param>
    /// <param name="cancellationToken">Stops following.</param>
    public IAsyncEnumerable<BatchExportLogEntry> FollowAsync(
        LogSource source,
        LogQuery? query = null,
        Func<CancellationToken, Task<bool>>? hasEnded = null,
        int followedLogs = 1,
        Paging? paging = null,
        DateTimeOffset? from = null,
        CancellationToken cancellationToken = default) =>
        FollowAllAsync(source, query ?? new LogQuery(), hasEnded, followedLogs * PollInterval, from, cancellationToken)
            .Slice(paging ?? Paging.All, cancellationToken);

    private async IAsyncEnumerable<BatchExportLogEntry> FollowAllAsync(
        LogSource source,
        LogQuery query,
        Func<CancellationToken, Task<bool>>? hasEnded,
        TimeSpan interval,
        DateTimeOffset? from,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var overlap = new PageOverlap();
        var started = from ?? _api.Time.GetUtcNow();
        var since = query.After;

        // How far the next poll goes; null for all that there is.
        TimeSpan? step = null;
        while (true)
        {
            var until = since?.Shift(step ?? TimeSpan.MaxValue);
            if (step is null || until >= _api.ServerClock.GetUtcNow() || until >= query.Before)
                until = null;

            var poll = await TryPollAsync(
                source, query with { After = since, Before = until ?? query.Before }, started, hasEnded, step, cancellationToken);
            if (poll.ShorterStep is { } shorter)
            {
                since ??= poll.Since;
                step = shorter;
                continue;
            }

            var fresh = poll.Entries;
            fresh.Reverse();
            foreach (var entry in fresh.Where(overlap.IsNew))
                yield return entry;

            if (until is { } read && !poll.HasFailed)
            {
                overlap = new PageOverlap();
                since = read.Shift(-TimeSpan.FromMicroseconds(1));
                step = fresh.Count < MaxLinesAhead / 4 ? 4 * step : step;
                continue;
            }

            if (fresh.Count > 0)
            {
                var newest = fresh[^1].Timestamp;
                overlap.Remember(fresh, newest);
                since = newest.Shift(-TimeSpan.FromMicroseconds(1));
            }

            if (poll.IsLast)
                yield break;

            await Task.Delay(interval.OrLonger(poll.Wait), _api.Time, cancellationToken);
        }
    }

    private async Task<Poll> TryPollAsync(
        LogSource source,
        LogQuery query,
        DateTimeOffset started,
        Func<CancellationToken, Task<bool>>? hasEnded,
        TimeSpan? step,
        CancellationToken cancellationToken)
    {
        try
        {
            // Asked first, so that the poll after the end reads all lines.
            var isLast = hasEnded is not null && await hasEnded(cancellationToken);
            query = query with { After = query.After ?? await ToServerTimeAsync(source, query, started, cancellationToken) };
            var entries = new List<BatchExportLogEntry>();
            await foreach (var entry in ReadAsync(source, query, cancellationToken: cancellationToken))
            {
                entries.Add(entry);
                if (entries.Count > MaxLinesAhead && Shorten(step, entries) is { } shorter)
                    return new Poll([]) { Since = query.After, ShorterStep = shorter };
            }

            return new Poll(entries) { IsLast = isLast };
        }
        catch (Exception failure) when (failure is ThrottledException || RetryRules.IsTransient(failure))
        {
            _api.Observer.OnWarning($"{failure.Message} Still following the log.");
            return new Poll([]) { HasFailed = true, Wait = RetryRules.RequestedDelay(failure) ?? TimeSpan.Zero };
        }
    }

    // Lines come newest first. To show the oldest of many, the past is read in steps that each have a limited number of lines. Null if the
    // lines are too close together for that.
    private static TimeSpan? Shorten(TimeSpan? step, List<BatchExportLogEntry> entries)
    {
        var span = entries[0].Timestamp - entries[^1].Timestamp;
        var shorter = step is { } known ? known / 4 : span;
        return shorter > TimeSpan.FromMilliseconds(1) ? shorter : null;
    }

    // Lines have the service's time. If that is still unknown, a short request shows it.
    private async Task<DateTimeOffset> ToServerTimeAsync(
        LogSource source, LogQuery query, DateTimeOffset time, CancellationToken cancellationToken)
    {
        if (!_api.ServerClock.IsKnown)
        {
            await foreach (var _ in ReadAsync(source, query, new Paging { First = 1 }, cancellationToken))
                break;
        }

        return _api.ServerClock.At(time);
    }

    /// <summary>What a look at a followed log has found, newest first.</summary>
    private sealed record Poll(List<BatchExportLogEntry> Entries)
    {
        public bool IsLast { get; init; }

        public bool HasFailed { get; init; }

        /// <summary>How long the service asks to wait.</summary>
        public TimeSpan Wait { get; init; }

        /// <summary>The start of the time that was read; null unless there is a <see cref="ShorterStep"/>.</summary>
        public DateTimeOffset? Since { get; init; }

        /// <summary>The step to try instead, because there were too many lines; null if there were not.</summary>
        public TimeSpan? ShorterStep { get; init; }
    }
}
