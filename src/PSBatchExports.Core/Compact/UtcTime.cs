namespace PSBatchExports.Compact;

/// <summary>A time in UTC, or none, in 8 bytes; a nullable <see cref="DateTimeOffset"/> takes 24.</summary>
internal readonly record struct UtcTime
{
    private readonly long _ticks;

    public UtcTime(DateTimeOffset? time) => _ticks = time is { } known ? known.UtcTicks + 1 : 0;

    public DateTimeOffset? Value => _ticks == 0 ? null : new DateTimeOffset(_ticks - 1, TimeSpan.Zero);
}
