using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Data;
using Xunit;
using static PSBatchExports.Emulator.Tests.RequestBodies;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Runs select events by arrival, backfills of old intervals by event time.</summary>
public class EventTimelineTests
{
    private static readonly DateTimeOffset Now = new(2026, 10, 8, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Run_of_a_recent_interval_selects_events_by_arrival()
    {
        await using var server = await TestServer.StartAsync(o => o with { EventsPerHour = 200 });
        var (start, end) = (Now.AddDays(-3), Now.AddDays(-2));
        var run = await ExportedRun.CreateAsync(server, Between(start, end));
        var delays = run.Rows().Select(row => Time(row, "_inserted_at") - Time(row, "timestamp")).ToArray();

        Assert.Equal(24 * 200, run.Records);
        Assert.All(run.Rows(), row => Assert.InRange(Time(row, "_inserted_at"), start, end - TimeSpan.FromTicks(1)));
        Assert.InRange(delays.Count(delay => delay.Duration() < TimeSpan.FromMinutes(1)), 0.9 * delays.Length, 0.99 * delays.Length);
        Assert.Contains(delays, delay => delay > TimeSpan.FromDays(7));
        Assert.Contains(delays, delay => delay < -TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task Run_of_an_older_interval_omits_events_far_from_it()
    {
        await using var server = await TestServer.StartAsync(o => o with { EventsPerHour = 200 });
        var (start, end) = (Now.AddDays(-8), Now.AddDays(-7));
        var early = await ExportedRun.CreateAsync(server, Between(start, end));
        server.Clock.Advance(TimeSpan.FromHours(1));
        var late = await ExportedRun.CreateAsync(server, Between(start, end));

        var expected = early.Rows()
            .Where(row => Time(row, "timestamp") >= start.AddDays(-7) && Time(row, "timestamp") < end.AddDays(1))
            .Select(row => $"{row["uuid"]}");

        Assert.True(late.Records < early.Records);
        Assert.Equal(expected.Order(StringComparer.Ordinal), late.Values("uuid").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1, 0, 24)]
    [InlineData(8, 0, 24)]
    [InlineData(9, 0, 24)]
    [InlineData(20, 0, 168)]
    [InlineData(20, 5, 1)]
    [InlineData(400, 7, 48)]
    public void Counts_match_the_generated_events(int daysAgo, int hours, int length)
    {
        var timeline = new EventTimeline(3, 77);
        var start = Now.AddDays(-daysAgo).AddHours(hours);
        var end = start.AddHours(length);
        var isRecent = EventTimeline.IsRecent(start, Now);
        var all = timeline.Arrivals(start.AddDays(-20), end.AddDays(20));
        var events = Enumerable.Range(0, (int)all.Count)
            .Select(place => (Number: all.First + place, Arrival: all.TimeOf(all.First + place)))
            .Select(e => (e.Arrival, Timestamp: timeline.TimestampOf(e.Number, e.Arrival)))
            .Where(e => e.Arrival < Now)
            .ToArray();

        Assert.Equal(
            events.Count(e => e.Arrival >= start && e.Arrival < end && (isRecent || EventTimeline.IsNear(e.Timestamp, start, end))),
            timeline.CountByArrival(start, end, Now));
        Assert.Equal(events.Count(e => e.Timestamp >= start && e.Timestamp < end), timeline.CountByEventTime(start, end, Now));
    }

    [Fact]
    public async Task Run_record_count_matches_the_count_by_arrival()
    {
        await using var server = await TestServer.StartAsync(o => o with { EventsPerHour = 333 });
        var timeline = new EventTimeline(server.Host.Options.Seed, 333);
        foreach (var daysAgo in new[] { 2, 30 })
        {
            var (start, end) = (Now.AddDays(-daysAgo), Now.AddDays(-daysAgo).AddHours(13));
            var run = await ExportedRun.CreateAsync(server, Between(start, end));
            Assert.Equal(timeline.CountByArrival(start, end, Now), run.Records);
            Assert.Equal([run.Records], await run.CountAsync());
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public async Task Backfill_selects_by_arrival_for_eight_days_and_by_event_time_before(int daysAgo)
    {
        await using var server = await TestServer.StartAsync(o => o with { EventsPerHour = 333 });
        var timeline = new EventTimeline(server.Host.Options.Seed, 333);
        var start = new DateTimeOffset(Now.Date, TimeSpan.Zero).AddDays(-daysAgo);
        var export = await server.CreateExportAsync();
        var created = await server.PostJsonAsync($"{Exports}{export}/backfills/", Backfill($"{start:O}", $"{start.AddHours(6):O}"));
        server.Clock.Advance(RunDuration);

        var backfill = await server.GetJsonAsync($"{Exports}{export}/backfills/{created["backfill_id"]}/");
        var list = await server.GetJsonAsync($"{Exports}{export}/runs/?ordering=data_interval_start&start=-60d");
        var hours = Enumerable.Range(0, 6).Select(hour => (From: start.AddHours(hour), To: start.AddHours(hour + 1)));
        var expected = hours
            .Select(hour => daysAgo < 8
                ? timeline.CountByArrival(hour.From, hour.To, Now)
                : timeline.CountByEventTime(hour.From, hour.To, Now))
            .ToArray();

        Assert.Equal(expected, list["results"]!.AsArray().Select(run => run!["records_completed"]!.GetValue<long>()));
        Assert.Equal(expected.Sum(), backfill["total_records_count"]!.GetValue<long>());
        Assert.Equal(daysAgo < 8, expected.All(count => count == 333));
    }

    private static JsonObject Between(DateTimeOffset start, DateTimeOffset end) => ExportedRun.Day("JSONLines", null, body =>
    {
        body["data_interval_start"] = $"{start:O}";
        body["data_interval_end"] = $"{end:O}";
    });

    private static DateTimeOffset Time(JsonObject row, string column) =>
        DateTimeOffset.Parse(row[column]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
