using System.Globalization;

namespace PSBatchExports.Emulator.Data;

/// <summary>Product events, kept or dropped by their names.</summary>
internal sealed class EventRows(int seed, int projectId, Occurrences occurrences, IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    : IRowSource
{
    private static readonly string[] s_events =
        ["$pageview", "$pageview", "$pageview", "$autocapture", "$autocapture", "$pageleave", "$feature_flag_called", "signup", "purchase", "file_uploaded"];

    private static readonly string[] s_browsers = ["Chrome", "Firefox", "Safari", "Edge"];
    private static readonly string[] s_systems = ["Windows", "Mac OS X", "Linux", "iOS", "Android"];
    private static readonly string[] s_pages = ["/", "/pricing", "/docs", "/blog/über-uns", "/account/billing"];

    public IReadOnlyList<Column> Columns { get; } =
    [
        new("uuid", typeof(string)),
        new("event", typeof(string)),
        new("team_id", typeof(long)),
        new("distinct_id", typeof(string)),
        new("timestamp", typeof(DateTimeOffset)),
        new("created_at", typeof(DateTimeOffset)),
        new("person_id", typeof(string)),
        new("person_properties", typeof(JsonText)),
        new("properties", typeof(JsonText)),
        new("elements_chain", typeof(string)),
    ];

    public IEnumerable<object[]> Rows()
    {
        for (var number = occurrences.First; number < occurrences.First + occurrences.Count; number++)
        {
            var noise = new Noise(seed, number);
            var name = noise.Of(s_events);
            if (IsKept(name))
                yield return Row(name, occurrences.TimeOf(number), noise);
        }
    }

    private bool IsKept(string name) =>
        (include.Count == 0 || include.Contains(name, StringComparer.Ordinal)) && !exclude.Contains(name, StringComparer.Ordinal);

    private object[] Row(string name, DateTimeOffset at, Noise noise)
    {
        var person = noise.Below(People.Count);
        var page = noise.Of(s_pages);
        return
        [
            noise.Id(at).ToString(),
            name,
            (long)projectId,
            People.DistinctId(person),
            at,
            at.AddMilliseconds(noise.Below(2000)),
            People.Id(seed, person).ToString(),
            new JsonText(People.Properties(person)),
            new JsonText(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"$browser":"{{noise.Of(s_browsers)}}","$os":"{{noise.Of(s_systems)}}","$current_url":"https://app.example.com{{page}}","$pathname":"{{page}}","$session_id":"{{noise.Id(at)}}","$screen_width":{{1024 + (noise.Below(8) * 128)}},"$lib":"web","$lib_version":"1.{{noise.Below(300)}}.0","amount":{{noise.Below(100000) / 100m}}}""")),
            name == "$autocapture" ? "button.primary:attr__class=\"primary\"nth-child=\"1\"text=\"Save\"" : "",
        ];
    }
}
