namespace PSBatchExports.Waiting;

/// <summary>What the looks of one call have in common: the clock, the pace, the time that there is.</summary>
internal sealed class WatchSession : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <param name="client">Whose observer is told of outages.</param>
    /// <param name="time">The clock.</param>
    /// <param name="things">How many things are waited for.</param>
    /// <param name="timeout">How long; null for as long as it takes.</param>
    /// <param name="interval">Time between two looks at a thing; null for 1 s growing to 15 s.</param>
    /// <param name="stop">Ends everything.</param>
    public WatchSession(BatchExportClient client, TimeProvider time, int things, TimeSpan? timeout, TimeSpan? interval, CancellationToken stop)
    {
        (Client, Time, Interval, Stop) = (client, time, interval, stop);
        Limit = new WaitTime(time, timeout, things, stop);
        Pace = new RequestPace(time, Limit.End);
    }

    public BatchExportClient Client { get; }

    public TimeProvider Time { get; }

    public TimeSpan? Interval { get; }

    public CancellationToken Stop { get; }

    public WaitTime Limit { get; }

    public RequestPace Pace { get; }

    /// <summary>The pauses between looks, the first one first.</summary>
    public IEnumerable<TimeSpan> Pauses()
    {
        for (var pause = Interval ?? FirstPause; ; pause = Interval is null && pause < LongestPause / 1.5 ? pause * 1.5 : Interval ?? LongestPause)
            yield return pause;
    }

    public void Dispose() => Limit.Dispose();
}
