using System.Globalization;

namespace PSBatchExports.Emulator.Data;

/// <summary>Sessions that ended within the interval.</summary>
internal sealed class SessionRows(int seed, int projectId, Occurrences ends) : IRowSource
{
    private const string Site = "https://app.example.com";
    private static readonly string[] Pages = ["/", "/pricing", "/docs", "/account/billing"];
    private static readonly string[] Channels = ["Direct", "Organic Search", "Paid Search", "Referral"];

    /// <summary>Click ids of advertisers in the entry URL; most sessions have none.</summary>
    private static readonly string[] ClickIds =
    [
        "entry_gclid", "entry_fbclid", "entry_gad_source", "entry_gclsrc", "entry_dclid", "entry_gbraid", "entry_wbraid", "entry_msclkid",
        "entry_twclid", "entry_li_fat_id", "entry_mc_cid", "entry_igshid", "entry_ttclid", "entry__kx", "entry_irclid",
    ];

    public IReadOnlyList<Column> Columns { get; } =
    [
        new("session_id", ColumnType.Text),
        new("session_id_v7", ColumnType.Text),
        new("team_id", ColumnType.Integer),
        new("distinct_id", ColumnType.Text),
        new("start_timestamp", ColumnType.Microseconds),
        new("end_timestamp", ColumnType.Microseconds),
        new("urls", ColumnType.TextList),
        new("num_uniq_urls", ColumnType.Unsigned),
        new("entry_current_url", ColumnType.Text),
        new("entry_pathname", ColumnType.Text),
        new("entry_hostname", ColumnType.Text),
        new("end_current_url", ColumnType.Text),
        new("end_pathname", ColumnType.Text),
        new("end_hostname", ColumnType.Text),
        new("exit_current_url", ColumnType.Text),
        new("exit_pathname", ColumnType.Text),
        new("entry_utm_source", ColumnType.Text),
        new("entry_utm_campaign", ColumnType.Text),
        new("entry_utm_medium", ColumnType.Text),
        new("entry_utm_term", ColumnType.Text),
        new("entry_utm_content", ColumnType.Text),
        new("entry_referring_domain", ColumnType.Text),
        new("pageview_count", ColumnType.Unsigned),
        new("autocapture_count", ColumnType.Unsigned),
        new("screen_count", ColumnType.Unsigned),
        new("channel_type", ColumnType.Text),
        new("session_duration", ColumnType.Integer),
        new("duration", ColumnType.Integer),
        new("is_bounce", ColumnType.Boolean),
        new("last_external_click_url", ColumnType.Text),
        new("page_screen_autocapture_count_up_to", ColumnType.Unsigned),
        new("vitals_lcp", ColumnType.Number),
        new("_inserted_at", ColumnType.Microseconds),
        .. ClickIds.Select(name => new Column(name, ColumnType.Text)),
    ];

    public long First => ends.First;

    public long Count => ends.Count;

    public object?[] Row(long number)
    {
        var noise = new Noise(seed, number);
        var end = ends.TimeOf(number);
        long duration = noise.NextInt(3600);
        var start = end.AddSeconds(-duration);
        var id = noise.Id(start);
        var (entry, exit) = (noise.Pick(Pages), noise.Pick(Pages));
        string[] urls = entry == exit ? [Site + entry] : [Site + entry, Site + exit];
        var views = (ulong)noise.NextInt(40);
        var clicks = (ulong)noise.NextInt(60);
        var (advertiser, campaign) = (noise.NextInt(8), noise.NextInt(4));
        return
        [
            id.ToString(),
            AsNumber(id),
            (long)projectId,
            SamplePersons.DistinctId(noise.NextInt(SamplePersons.Count)),
            start,
            end,
            urls,
            (ulong)urls.Length,
            Site + entry,
            entry,
            "app.example.com",
            Site + exit,
            exit,
            "app.example.com",
            Site + exit,
            exit,
            campaign == 0 ? "newsletter" : null,
            campaign == 0 ? "autumn" : null,
            campaign == 0 ? "email" : null,
            null,
            null,
            campaign == 0 ? "www.example.org" : "$direct",
            views,
            clicks,
            0UL,
            noise.Pick(Channels),
            duration,
            duration,
            views <= 1 && duration < 10,
            campaign == 1 ? "https://www.example.org/" : null,
            Math.Min(views + clicks, 2UL),
            noise.NextInt(3) == 0 ? null : (double)(noise.NextInt(40000) / 10m),
            end.AddSeconds(1 + noise.NextInt(60)),
            .. ClickIds.Select((name, place) => place == advertiser ? FormattableString.Invariant($"{name[6..]}.{number}") : null),
        ];
    }

    private static string AsNumber(Guid id)
    {
        var number = UInt128.Parse(id.ToString("N"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return number.ToString(CultureInfo.InvariantCulture);
    }
}
