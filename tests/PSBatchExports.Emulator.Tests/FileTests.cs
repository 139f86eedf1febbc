using System.Text.Json.Nodes;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Content and number of the files of a run.</summary>
public class FileTests
{
    private static readonly string[] EventColumns =
    [
        "uuid", "event", "distinct_id", "person_id", "properties", "person_properties", "elements_chain", "timestamp", "created_at",
        "_inserted_at",
    ];

    private static readonly string[] PersonColumns =
    [
        "team_id", "distinct_id", "person_id", "properties", "person_distinct_id_version", "person_version", "created_at", "_inserted_at",
        "is_deleted",
    ];

    private static readonly string[] SessionColumns =
    [
        "session_id", "session_id_v7", "team_id", "distinct_id", "start_timestamp", "end_timestamp", "urls", "num_uniq_urls",
        "entry_current_url", "entry_pathname", "entry_hostname", "end_current_url", "end_pathname", "end_hostname",
        "entry_utm_source", "entry_utm_campaign", "entry_utm_medium", "entry_utm_term", "entry_utm_content",
        "entry_referring_domain", "entry_gclid", "entry_fbclid", "entry_gad_source", "pageview_count", "autocapture_count",
        "screen_count", "channel_type", "session_duration", "duration", "is_bounce", "last_external_click_url",
        "page_screen_autocapture_count_up_to", "exit_current_url", "exit_pathname", "vitals_lcp", "_inserted_at",
        "entry_gclsrc", "entry_dclid", "entry_gbraid", "entry_wbraid", "entry_msclkid", "entry_twclid", "entry_li_fat_id",
        "entry_mc_cid", "entry_igshid", "entry_ttclid", "entry__kx", "entry_irclid",
    ];

    public static TheoryData<string, string[]> Models => new()
    {
        { "events", EventColumns },
        { "persons", PersonColumns },
        { "sessions", SessionColumns },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Model_exports_its_columns_in_a_shuffled_order(string model, string[] columns)
    {
        await using var server = await TestServer.StartAsync();
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", null, b => b["model"] = model));

        var names = run.Rows().Select(row => row.Select(cell => cell.Key).ToArray()).ToArray();

        Assert.NotEmpty(names);
        Assert.Equal(run.Records, names.Length);
        Assert.All(names, row => Assert.Equal(names[0], row));
        Assert.Equal(columns.Order(StringComparer.Ordinal), names[0].Order(StringComparer.Ordinal));
        Assert.NotEqual(columns, names[0]);
    }

    [Fact]
    public async Task Query_exports_its_columns_in_a_shuffled_order()
    {
        await using var server = await TestServer.StartAsync();
        const string query =
            "SELECT uuid, event, properties, count() AS n_count, toStartOfDay(timestamp) AS day, toString(elements) AS extra FROM events";
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Query(query));

        var row = run.Rows()[0];

        string[] columns = ["uuid", "event", "properties", "n_count", "day", "extra"];
        Assert.Equal(columns.Order(StringComparer.Ordinal), row.Select(cell => cell.Key).Order(StringComparer.Ordinal));
        Assert.NotEqual(columns, row.Select(cell => cell.Key));
        Assert.IsType<JsonObject>(row["properties"]);
        Assert.True(row["day"]!.GetValue<long>() > 1_700_000_000);
    }

    [Fact]
    public async Task Runs_differ_in_order_but_not_in_rows()
    {
        await using var server = await TestServer.StartAsync();
        var runs = new List<ExportedRun>();
        for (var run = 0; run < 12; run++)
            runs.Add(await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", null)));

        Assert.NotEqual(1, runs.Select(run => string.Join(',', run.Rows()[0].Select(cell => cell.Key))).Distinct().Count());
        Assert.NotEqual(1, runs.Select(run => string.Join(',', run.Values("uuid"))).Distinct().Count());
        Assert.Single(runs.Select(run => string.Join(',', run.Values("uuid").Order(StringComparer.Ordinal))).Distinct());
        Assert.All(runs, run => Assert.NotEqual(run.Values("_inserted_at").Order(StringComparer.Ordinal), run.Values("_inserted_at")));
    }

    [Fact]
    public async Task Same_seed_produces_the_same_bytes_at_any_time()
    {
        await using var one = await TestServer.StartAsync();
        await using var other = await TestServer.StartAsync();
        other.Clock.Advance(TimeSpan.FromMinutes(12));

        var first = await ExportedRun.CreateAsync(one, ExportedRun.Day("JSONLines", "gzip"));
        var second = await ExportedRun.CreateAsync(other, ExportedRun.Day("JSONLines", "gzip"));

        Assert.Equal(first.Files, second.Files);
    }

    [Fact]
    public async Task Adjacent_intervals_neither_share_nor_miss_rows()
    {
        await using var server = await TestServer.StartAsync();
        var day = ExportedRun.Day("JSONLines", null, b => Between(b, "2026-10-06T00:00:00Z", "2026-10-07T00:00:00Z"));
        var morning = ExportedRun.Day("JSONLines", null, b => Between(b, "2026-10-06T00:00:00Z", "2026-10-06T11:07:00Z"));
        var rest = ExportedRun.Day("JSONLines", null, b => Between(b, "2026-10-06T11:07:00Z", "2026-10-07T00:00:00Z"));

        var before = await ExportedRun.CreateAsync(server, morning);
        var after = await ExportedRun.CreateAsync(server, rest);
        var whole = await ExportedRun.CreateAsync(server, day);

        Assert.Equal(24 * 4, whole.Records);
        Assert.Equal(
            whole.Values("uuid").Order(StringComparer.Ordinal),
            before.Values("uuid").Concat(after.Values("uuid")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Include_and_exclude_filter_events_by_name()
    {
        await using var server = await TestServer.StartAsync();
        var all = (await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", null))).Values("event");
        var chosen = await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", null, b =>
        {
            b["include"] = new JsonArray("$pageview", "signup");
            b["exclude"] = new JsonArray("signup");
        }));

        Assert.Contains("signup", all);
        Assert.Equal(all.Count(name => name == "$pageview"), chosen.Records);
        Assert.Equal(["$pageview"], chosen.Values("event").Distinct());
    }

    [Fact]
    public async Task Timestamps_have_an_offset_and_only_nonzero_fractions()
    {
        await using var server = await TestServer.StartAsync(o => o with { EventsPerHour = 100 });
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", null));
        var persons = await ExportedRun.CreateAsync(server, ExportedRun.Day("JSONLines", null, b => b["model"] = "persons"));

        Assert.All(run.Values("_inserted_at"), time => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$", time));
        Assert.All(run.Values("timestamp"), time => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(?!000000)\d{6})?\+00:00$", time));
        Assert.Contains(run.Values("timestamp"), time => time.Contains('.', StringComparison.Ordinal));
        Assert.Contains(run.Values("timestamp"), time => !time.Contains('.', StringComparison.Ordinal));
        Assert.Contains(persons.Values("created_at"), time => time.EndsWith(".125000+00:00", StringComparison.Ordinal));
        Assert.All(persons.Rows(), row => Assert.InRange(row["_inserted_at"]!.GetValue<long>(), 1_788_220_800, 1_788_307_200));
    }

    [Fact]
    public async Task Only_the_four_JSON_columns_are_nested()
    {
        await using var server = await TestServer.StartAsync();
        const string query = "SELECT set, set_once, properties, person_properties, group_properties FROM events";
        var row = (await ExportedRun.CreateAsync(server, ExportedRun.Query(query))).Rows()[0];

        Assert.All(["set", "set_once", "properties", "person_properties"], name => Assert.IsType<JsonObject>(row[name]));
        Assert.IsNotType<JsonObject>(row["group_properties"]);
    }

    [Theory]
    [InlineData("JSONLines", null, false)]
    [InlineData("JSONLines", "gzip", false)]
    [InlineData("JSONLines", "brotli", true)]
    [InlineData("Parquet", "zstd", true)]
    public async Task Full_last_file_is_followed_by_an_empty_one_for_brotli_and_Parquet(string format, string? compression, bool leavesOne)
    {
        await using var server = await TestServer.StartAsync(o => o with { TrailingEmptyFile = true });
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day(format, compression));

        Assert.Equal(24 * 4, run.Records);
        Assert.Equal(leavesOne ? [run.Records, 0] : [run.Records], await run.CountAsync());
        if (compression == "brotli")
            Assert.Single(run.Files[1]);
    }

    [Fact]
    public async Task Run_without_rows_has_no_file_even_with_TrailingEmptyFile()
    {
        await using var server = await TestServer.StartAsync(o => o with { TrailingEmptyFile = true });
        var nothing = ExportedRun.Day("Parquet", null, b => b["data_interval_end"] = b["data_interval_start"]!.DeepClone());
        var run = await ExportedRun.CreateAsync(server, nothing);
        Assert.Equal((0, 0), (run.Files.Count, run.Records));
    }

    [Theory]
    [InlineData("JSONLines", null)]
    [InlineData("JSONLines", "gzip")]
    [InlineData("JSONLines", "brotli")]
    [InlineData("Parquet", null)]
    public async Task File_ends_after_the_row_or_row_group_that_exceeds_the_limit(string format, string? compression)
    {
        await using var server = await TestServer.StartAsync(o => o with { EventsPerHour = 25_000 });
        var run = await ExportedRun.CreateAsync(server, ExportedRun.Day(format, compression, b =>
        {
            b["file"]!["max_size_mb"] = 1;
            b["data_interval_end"] = "2026-09-01T01:00:00Z";
        }));

        const int limit = 1024 * 1024;
        Assert.Equal(run.Records, (await run.CountAsync()).Sum());
        Assert.True(run.Files.Count > 1);
        Assert.All(run.Files.SkipLast(1), file => Assert.True(file.Length > limit));
        if (format == "JSONLines")
            Assert.All(run.Files, file => Assert.InRange(file.Length, 0, limit + 2000));
    }

    private static void Between(JsonObject body, string start, string end)
    {
        body["data_interval_start"] = start;
        body["data_interval_end"] = end;
    }
}
