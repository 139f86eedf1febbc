using System.Globalization;

namespace PSBatchExports.Emulator.Data;

/// <summary>Events that arrived within the interval, filtered by name.</summary>
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
    private static readonly string[] EventNames =
    [
        "$pageview", "$pageview", "$pageview", "$autocapture", "$autocapture", "$pageleave", "$feature_flag_called", "signup", "purchase",
        "file_uploaded",
    ];

    private static readonly string[] Browsers = ["Chrome", "Firefox", "Safari", "Edge"];
    private static readonly string[] OperatingSystems = ["Windows", "Mac OS X", "Linux", "iOS", "Android"];
    private static readonly string[] Pages = ["/", "/pricing", "/docs", "/blog/über-uns", "/account/billing"];

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
        var name = noise.Pick(EventNames);
        var arrival = _arrivals.TimeOf(number);
        var timestamp = timeline.TimestampOf(number, arrival);
        return IsIncluded(name) && (isRecent || EventTimeline.IsNear(timestamp, start, end)) ? Row(name, timestamp, arrival, noise) : null;
    }

    private bool IsIncluded(string name) =>
        (include.Count == 0 || include.Contains(name, StringComparer.Ordinal)) && !exclude.Contains(name, StringComparer.Ordinal);

    private object?[] Row(string name, DateTimeOffset timestamp, DateTimeOffset arrival, Noise noise)
    {
        var person = noise.NextInt(SamplePersons.Count);
        var page = noise.Pick(Pages);
        return
        [
            noise.Id(timestamp).ToString(),
            name,
            SamplePersons.DistinctId(person),
            SamplePersons.Id(seed, person).ToString(),
            Properties(page, timestamp, ref noise),
            SamplePersons.Properties(person),
            name == "$autocapture" ? "button.primary:attr__class=\"primary\"nth-child=\"1\"text=\"Save\"" : "",
            timestamp,
            arrival.AddMilliseconds(-noise.NextInt(2000)),
            arrival,
        ];
    }

    private static string Properties(string page, DateTimeOffset timestamp, ref Noise noise)
    {
        var browser = noise.Pick(Browsers);
        var system = noise.Pick(OperatingSystems);
        var session = noise.Id(timestamp);
        var width = 1024 + (noise.NextInt(8) * 128);
        var version = noise.NextInt(300);
        var amount = noise.NextInt(100000) / 100m;
        var json = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"$browser":"{{browser}}","$os":"{{system}}","$current_url":"https://app.example.com{{page}}","$pathname":"{{page}}",
            "$session_id":"{{session}}","$screen_width":{{width}},"$lib":"web","$lib_version":"1.{{version}}.0","amount":{{amount}}}
            """);
        return json.ReplaceLineEndings("");
    }
}
