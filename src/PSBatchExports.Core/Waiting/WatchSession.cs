namespace PSBatchExports.Waiting;

/// <summary>What all polls of one call share: the client, the clock, the pace and the deadline.</summary>
internal sealed class WatchSession : IDisposable
{
    private const double BackOffFactor = 1.5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);

    /// <param name="client">Its observer receives the warnings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="itemCount">How many items are waited for.</param>
    /// <param name="timeout">The time to wait; null for no limit.</param>
    /// <param name="interval">The time between two polls of an item; null for 1 s growing to 15 s.</param>
    /// <param name="stop">Cancels the wait.</param>
    public WatchSession(
        BatchExportClient client, TimeProvider time, int itemCount, TimeSpan? timeout, TimeSpan? interval, CancellationToken stop)
    {
        Client = client;
        Time = time;
        Interval = interval;
        Stop = stop;
        Deadline = new WaitDeadline(time, timeout, itemCount, stop);
        Pace = new RequestPace(time, Deadline.End);
    }

    public BatchExportClient Client { get; }

    public TimeProvider Time { get; }

    public TimeSpan? Interval { get; }

    public CancellationToken Stop { get; }

    public WaitDeadline Deadline { get; }

    public RequestPace Pace { get; }

    /// <summary>The pauses between the polls of an item, without end.</summary>
    public IEnumerable<TimeSpan> Pauses()
    {
        var pause = Interval ?? FirstPause;
        while (true)
        {
            yield return pause;
            if (Interval is null)
                pause = pause < MaxPause / BackOffFactor ? pause * BackOffFactor : MaxPause;
        }
    }

    public void Dispose() => Deadline.Dispose();
}
