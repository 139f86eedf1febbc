using PSBatchExports.Time;

namespace PSBatchExports.Http;

/// <summary>
/// The service's clock, estimated from the dates of its responses; this machine's clock until there is one. Times that the service compares
/// with its own are compared with this clock, because this machine's may be hours off.
/// </summary>
/// <param name="local">This machine's clock.</param>
internal sealed class ServerClock(TimeProvider local) : TimeProvider
{
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private TimeSpan _offset;
    private bool _isKnown;

    /// <summary>Whether there is an estimate.</summary>
    public bool IsKnown
    {
        get
        {
            lock (_gate)
                return _isKnown;
        }
    }

    public override long TimestampFrequency => local.TimestampFrequency;

    /// <summary>Corrects the estimate by the date of a response. The date of a cached one is too old.</summary>
    /// <param name="response">The response.</param>
    /// <param name="sentAt">When the request was sent, by this machine's clock.</param>
    public void Update(HttpResponseMessage response, DateTimeOffset sentAt)
    {
        if (response.Headers is not { Date: { } date, Age: null })
            return;

        // The date has whole seconds and was written between request and response. The offset is corrected no further than necessary.
        var min = date - local.GetUtcNow();
        var max = date.Shift(Resolution) - sentAt;
        lock (_gate)
        {
            _offset = _offset < min ? min : _offset.OrShorter(max);
            _isKnown = true;
        }
    }

    /// <summary>Converts a time of this machine's clock to the service's clock.</summary>
    public DateTimeOffset At(DateTimeOffset localTime)
    {
        lock (_gate)
            return localTime.Shift(_offset);
    }

    public override DateTimeOffset GetUtcNow() => At(local.GetUtcNow());

    public override long GetTimestamp() => local.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        local.CreateTimer(callback, state, dueTime, period);
}
