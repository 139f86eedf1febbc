namespace PSBatchExports.Coverage;

/// <summary>How exactly a backfill exports an interval again (docs/wire.md, section 12).</summary>
internal static class RepairExactness
{
    /// <summary>Backfills of older intervals take events by the time at which they happened.</summary>
    public static readonly TimeSpan MaxAgeByArrival = TimeSpan.FromDays(8);

    private const string Recent =
        "Exact: a backfill of an interval that begins within the last eight days takes events by their arrival, as the schedule does.";

    private const string Old =
        "By event time: of intervals older than eight days, a backfill takes the events that happened in them. It misses those that "
        + "arrived late, and sends some again that arrived in later intervals; their uuid tells them apart.";

    private const string OtherModel = "Exact: a backfill selects these rows as the schedule does.";

    public static string Of(string? model, DateTimeOffset intervalStart, DateTimeOffset now) =>
        IsOfEvents(model) && intervalStart < now - MaxAgeByArrival ? GapExactness.ByEventTime : GapExactness.Exact;

    public static string ReasonFor(string? model, string exactness) =>
        exactness == GapExactness.ByEventTime ? Old
        : IsOfEvents(model) ? Recent
        : OtherModel;

    private static bool IsOfEvents(string? model) => model is null or "events";
}
