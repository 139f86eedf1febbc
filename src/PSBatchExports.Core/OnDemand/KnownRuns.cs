using PSBatchExports.Json;

namespace PSBatchExports.OnDemand;

/// <summary>
/// What a connection knows of runs on demand and the service does not tell: when they were started, what may be in a file, and which lists of
/// files were found whole. Used from several threads.
/// </summary>
internal sealed class KnownRuns
{
    private const int MaxRuns = 1_000;
    private readonly object _gate = new();
    private readonly Dictionary<string, KnownRun> _runs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _order = new();

    /// <summary>What is known of a run; nothing where it was not met.</summary>
    public KnownRun Find(string runId)
    {
        lock (_gate)
            return _runs.GetValueOrDefault(runId) ?? KnownRun.Unknown;
    }

    public void Add(string runId, Func<KnownRun, KnownRun> change)
    {
        lock (_gate)
        {
            if (!_runs.ContainsKey(runId))
                _order.Enqueue(runId);

            _runs[runId] = change(_runs.GetValueOrDefault(runId) ?? KnownRun.Unknown);
            while (_order.Count > MaxRuns)
                _runs.Remove(_order.Dequeue());
        }
    }
}

/// <summary>What is known of one run.</summary>
internal sealed record KnownRun
{
    public static readonly KnownRun Unknown = new();

    private const long MinLimitMB = 1;
    private const long DefaultLimitMB = 1024;
    private const long BytesPerMB = 1_000_000;
    private static readonly TimeSpan MinRunTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LateEvents = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LateEventsOfFiveMinutes = TimeSpan.FromSeconds(30);

    /// <summary>When, by this machine's clock and by the service's, and with what it was started; null where somebody else did.</summary>
    public (DateTimeOffset At, DateTimeOffset ServerTime, OnDemandRunRequest Request)? Started { get; init; }

    /// <summary>The list of its files; null where it was not found whole.</summary>
    public RunFileList? Files { get; init; }

    /// <summary>Before this, by this machine's clock, the run cannot have ended; null where that is unknown (docs/wire.md, section 13).</summary>
    public DateTimeOffset? EarliestEnd => Started is { } started ? started.At.Shift(Quickest(started.ServerTime, started.Request)) : null;

    /// <summary>A file of fewer bytes is a run's last one: the service begins another only after a file has reached the limit.</summary>
    public long MaxFileSize => Started is not { } started ? MinLimitMB * BytesPerMB
        : started.Request.MaxFileSizeMB == 0 ? long.MaxValue
        : (started.Request.MaxFileSizeMB ?? DefaultLimitMB) * BytesPerMB;

    // The service waits for events that arrive late. An end that is still to come is one only as far as its clock is not known.
    private static TimeSpan Quickest(DateTimeOffset startedAt, OnDemandRunRequest request)
    {
        var late = request.DataIntervalEnd - request.DataIntervalStart == FiveMinutes ? LateEventsOfFiveMinutes : LateEvents;
        var staged = request.DataIntervalEnd - startedAt + late ?? TimeSpan.Zero;
        return staged > late ? late : staged > MinRunTime ? staged : MinRunTime;
    }
}
