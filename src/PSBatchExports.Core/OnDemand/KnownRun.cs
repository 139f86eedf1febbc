using PSBatchExports.Time;

namespace PSBatchExports.OnDemand;

/// <summary>What is known of one run.</summary>
internal sealed record KnownRun
{
    public static readonly KnownRun Unknown = new();

    private const long MinLimitMB = 1;
    private const long DefaultLimitMB = 1024;

    // At most what the service counts as a MB: 10^6 or 2^20 bytes.
    private const long BytesPerMB = 1_000_000;

    private static readonly TimeSpan MinRunTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LateEvents = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LateEventsOfFiveMinutes = TimeSpan.FromSeconds(30);

    /// <summary>
    /// When it was started, by this machine's clock and by the service's, and with what request; null if this client did not start it.
    /// </summary>
    public (DateTimeOffset At, DateTimeOffset ServerTime, OnDemandRunRequest Request)? Started { get; init; }

    /// <summary>The settled list of its files; null if none is known.</summary>
    public RunFileList? Files { get; init; }

    /// <summary>
    /// The earliest time, by this machine's clock, at which the run can have ended; null if unknown (docs/wire.md, section 13).
    /// </summary>
    public DateTimeOffset? EarliestEnd =>
        Started is { } started ? started.At.Shift(MinDuration(started.ServerTime, started.Request)) : null;

    /// <summary>
    /// The maximum file size in bytes. A smaller file is the run's last one: the service starts another only after a file has reached the
    /// limit.
    /// </summary>
    public long MaxFileSize => Started is not { } started ? MinLimitMB * BytesPerMB
        : started.Request.MaxFileSizeMB == 0 ? long.MaxValue
        : (started.Request.MaxFileSizeMB ?? DefaultLimitMB) * BytesPerMB;

    // The service waits for late events. An interval's end in the future only means that the service's clock is unknown.
    private static TimeSpan MinDuration(DateTimeOffset startedAt, OnDemandRunRequest request)
    {
        var late = request.DataIntervalEnd - request.DataIntervalStart == FiveMinutes ? LateEventsOfFiveMinutes : LateEvents;
        var staged = request.DataIntervalEnd - startedAt + late ?? TimeSpan.Zero;
        return staged > late ? late : staged.OrLonger(MinRunTime);
    }
}
