namespace PSBatchExports.Emulator;

/// <summary>What happened to an export in the past. Sample exports with a history have one each, in this order.</summary>
public enum HistoryIncident
{
    /// <summary>Every interval has one completed run.</summary>
    None,

    /// <summary>Two stretches without runs, one of them within the last days; the newest run failed.</summary>
    Outage,

    /// <summary>Some intervals completed twice; the newest is still running.</summary>
    Repeated,

    /// <summary>A user paused it three days ago.</summary>
    PausedByUser,

    /// <summary>A user paused it for four days and resumed it.</summary>
    Resumed,

    /// <summary>Some failed runs, each followed by a completed one of the same interval; three runs that started late.</summary>
    Rerun,

    /// <summary>
    /// Nine failed intervals, of which a backfill repaired six ten days later, and two recent ones that nothing repaired.
    /// </summary>
    PartlyBackfilled,

    /// <summary>Cancelled reruns of completed intervals; intervals without rows.</summary>
    CancelledRerun,

    /// <summary>Its latest runs failed, so that the service paused it.</summary>
    PausedByService,

    /// <summary>Its schedule has ended.</summary>
    Ended,

    /// <summary>It has no run at all.</summary>
    NeverRan,

    /// <summary>Its interval was longer until a change, after which it continued with the next whole interval.</summary>
    IntervalChanged,

    /// <summary>Runs that ended in every other way, an outage, and intervals without rows.</summary>
    OtherStatuses,
}
