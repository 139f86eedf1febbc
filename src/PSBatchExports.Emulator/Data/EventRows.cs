using System.Globalization;

namespace PSBatchExports.Emulator.Data;

/// <summary>Product events that arrived within the interval, kept or dropped by their names.</summary>
internal sealed class EventRows(
    int seed,
    EventTimeline timeline,
    DateTimeOffset start,
    DateTimeOffset end,
    bool isRecent,
    IReadOnlyList<string> include,
    IReadOnlyList<string> exclude)
    : IRowSource
{
    private static readonly string[] s_events =
    [
        "$pageview", "$pageview", "$pageview", "$autocapture", "$autocapture", "$pageleave", "$feature_flag_called", "signup", "purchase",
        "file_uploaded",
    ];

    private static readonly string[] s_browsers = ["Chrome", "Firefox", "Safari", "Edge"];
    private static readonly string[] s_systems = ["Windows", "Mac OS X", "Linux", "iOS", "Android"];
    private static readonly string[] s_pages = ["/", "/pricing", "/docs", "/blog/über-uns", "/account/billing"];

    private readonly Occurrences _arrivals = timeline.Arrivals(start, end);

    public IReadOnlyList<Column> Columns { get; } =
    [
        new("uuid", ColumnType.Text),
        new("event", ColumnType.Text),
        new("distinct_id", ColumnType.Text),
        new("person_id", ColumnType.Text),
        new("properties", ColumnType.Json),
        new("person_properties", ColumnType.Json),
        new("elements_chain", ColumnType.Text),
        new("timestamp", ColumnType.Microseconds),
        new("created_at", ColumnType.Microseconds),
        new("_inserted_at", ColumnType.Microseconds),
    ];

    public long First => _arrivals.First;

    public long Count => _arrivals.Count;

    public object?[]? Row(long number)
    {
        var noise = new Noise(seed, number);
        var name = noise.Of(s_events);
        var arrival = _arrivals.TimeOf(number);
        var timestamp = timeline.TimestampOf(number, arrival);
        return IsKept(name) && (isRecent || EventTimeline.IsNear(timestamp, start, end)) ? Row(name, timestamp, arrival, noise) : null;
    }

    private bool IsKept(string name) =>
        (include.Count == 0 || include.Contains(name, StringComparer.Ordinal)) && !exclude.Contains(name, StringComparer.Ordinal);

    private object?[] Row(string name, DateTimeOffset timestamp, DateTimeOffset arrival, Noise noise)
    {
        var person = noise.Below(People.Count);
        var page = noise.Of(s_pages);
        return
        [
            noise.Id(timestamp).ToString(),
            name,
            People.DistinctId(person),
            People.Id(seed, person).ToString(),
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"$browser":"{{noise.Of(s_browsers)}}","$os":"{{noise.Of(s_systems)}}","$current_url":"https://app.example.com{{page}}","$pathname":"{{page}}","$session_id":"{{noise.Id(timestamp)}}","$screen_width":{{1024 + (noise.Below(8) * 128)}},"$lib":"web","$lib_version":"1.{{noise.Below(300)}}.0","amount":{{noise.Below(100000) / 100m}}}"""),
            People.Properties(person),
            name == "$autocapture" ? "button.primary:attr__class=\"primary\"nth-child=\"1\"text=\"Save\"" : "",
            timestamp,
            arrival.AddMilliseconds(-noise.Below(2000)),
            arrival,
        ];
    }
}
