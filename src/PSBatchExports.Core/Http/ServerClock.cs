using PSBatchExports.Json;

namespace PSBatchExports.Http;

/// <summary>
/// The service's clock, as far as the dates of its answers tell; this machine's until there is one. What the service compares with its time is
/// compared with this one, because this machine's clock may be wrong by hours.
/// </summary>
/// <param name="local">This machine's clock.</param>
internal sealed class ServerClock(TimeProvider local) : TimeProvider
{
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private TimeSpan _offset;
    private bool _isKnown;

    /// <summary>Whether an answer has told its time.</summary>
    public bool IsKnown
    {
        get
        {
            lock (_gate)
                return _isKnown;
        }
    }

    public override long TimestampFrequency => local.TimestampFrequency;

    /// <summary>Takes the date of an answer. One from a cache is as old as the answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="sentAt">When the request was sent, by this machine's clock.</param>
    public void Note(HttpResponseMessage response, DateTimeOffset sentAt)
    {
        if (response.Headers is not { Date: { } date, Age: null })
            return;

        // A date has no parts of a second, and was written at some time between the request and the answer. No correction is greater than it has to be.
        var (least, most) = (date - local.GetUtcNow(), date.Shift(Resolution) - sentAt);
        lock (_gate)
        {
            _offset = _offset < least ? least : _offset > most ? most : _offset;
            _isKnown = true;
        }
    }

    /// <summary>The time by the service's clock at a time by this machine's.</summary>
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
