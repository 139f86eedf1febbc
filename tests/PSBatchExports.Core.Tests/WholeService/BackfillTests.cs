using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests.WholeService;

public sealed class BackfillTests
{
    private const int Monday = 24;

    [Theory]
    [InlineData("hour", "2026-10-01T10:30:00Z", "2026-10-02T00:00:00+02:00", "2026-10-01T10:30:00Z", "2026-10-01T22:00:00Z")]
    [InlineData("every 5 minutes", "2026-10-01T10:05:00Z", "2026-10-01T10:10:00Z", "2026-10-01T10:05:00Z", "2026-10-01T10:10:00Z")]
    [InlineData(
        "every 15 minutes",
        "2026-10-01T10:00:00.5Z",
        "2026-10-01T11:00:00Z",
        "2026-10-01T10:00:00.500000Z",
        "2026-10-01T11:00:00Z")]
    [InlineData("day", "2026-10-01", "2026-10-08", "2026-10-01", "2026-10-08")]
    [InlineData("day", "2026-10-01T00:00:00+02:00", "2026-10-02T00:00:00-07:00", "2026-10-01", "2026-10-02")]
    [InlineData("day", "2026-10-02T00:00:00-12:00", "2026-10-03T00:00:00+14:00", "2026-10-02", "2026-10-03")]
    [InlineData("week", "2026-09-28", "2026-10-05", "2026-09-28", "2026-10-05")]
    public async Task Bounds_are_sent_in_the_format_of_the_interval(
        string interval,
        string start,
        string end,
        string sentStart,
        string sentEnd)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport(interval: interval, offsetHours: interval == "week" ? Monday : 0);

        var id = await StartAsync(service, export, start, end);

        var body = JsonNode.Parse(Assert.Single(service.Requests, request => request.Method == "POST").Body)!;
        Assert.Equal(sentStart, body["start_at"]!.GetValue<string>());
        Assert.Equal(sentEnd, body["end_at"]!.GetValue<string>());
        Assert.Equal(id, Assert.Single(service.Emulator.State.Backfills).Id.ToString());
    }

    [Theory]
    [InlineData("2026-03-29", "2026-03-30", 23)]
    [InlineData("2025-10-26", "2025-10-27", 25)]
    public async Task Days_over_a_change_of_the_clocks_are_sent_as_dates(string start, string end, int hours)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport(interval: "day", offsetHours: 1);
        export.TimeZone = "Europe/Berlin";

        await StartAsync(service, export, start, end);

        var backfill = Assert.Single(service.Emulator.State.Backfills);
        Assert.Equal(TimeSpan.FromHours(hours), backfill.EndAt - backfill.StartAt);
    }

    [Theory]
    [InlineData("day", "2026-10-01T03:00:00Z", "2026-10-02", "StartAt", "give the date only: 2026-10-01.")]
    [InlineData("day", "2026-10-01", "2026-10-02T00:00:01Z", "EndAt", "give the date only: 2026-10-02.")]
    [InlineData(
        "week",
        "2026-10-01",
        "2026-10-05",
        "StartAt",
        "is a Thursday; the weeks of 'export 0' begin on Monday: give 2026-09-28 or 2026-10-05.")]
    [InlineData(
        "week",
        "2026-09-28",
        "2026-10-04",
        "EndAt",
        "is a Sunday; the weeks of 'export 0' begin on Monday: give 2026-09-28 or 2026-10-05.")]
    [InlineData("hour", "2026-10-01", "2026-10-01", "EndAt", "must be later than")]
    [InlineData("hour", "2026-10-02", "2026-10-01", "EndAt", "must be later than")]
    [InlineData("day", "2026-10-02", "2026-10-02", "EndAt", "must be later than")]
    [InlineData("week", "2026-09-28", "9999-12-31", "EndAt", "is a Friday")]
    public async Task Bounds_that_the_server_would_refuse_are_refused_before_anything_is_started(
        string interval,
        string start,
        string end,
        string bound,
        string says)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport(interval: interval, offsetHours: interval == "week" ? Monday : 0);

        var refusal = await Assert.ThrowsAsync<BackfillBoundException>(() => StartAsync(service, export, start, end));

        Assert.Equal(bound, refusal.Bound);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(service.Requests, request => request.Method == "POST");
    }

    [Theory]
    [InlineData("UTC", 12, true)]
    [InlineData("UTC", 13, false)]
    [InlineData("Europe/Berlin", 14, true)]
    [InlineData("Europe/Berlin", 15, false)]
    [InlineData("America/New_York", 8, true)]
    [InlineData("America/New_York", 9, false)]
    public async Task The_start_of_a_day_is_in_the_time_zone_of_the_export(string timeZone, int offsetHour, bool hasBegun)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport(interval: "day", offsetHours: offsetHour);
        export.TimeZone = timeZone;

        var starting = StartAsync(service, export, "2026-10-07", "2026-10-08");

        if (hasBegun)
            await starting;
        else
            await Assert.ThrowsAsync<BackfillBoundException>(() => starting);
    }

    [Theory]
    [InlineData("hour", "UTC", "2026-10-08T12:00:01Z", "EndAt 2026-10-08T12:00:01Z is in the future")]
    [InlineData("day", "UTC", "2026-10-09", "EndAt 2026-10-09 is in the future")]
    [InlineData("day", "America/New_York", "9999-12-31", "EndAt 9999-12-31 is in the future")]
    [InlineData("week", "UTC", "2026-10-12", "EndAt 2026-10-12 is in the future")]
    public async Task The_server_decides_whether_an_end_is_in_the_future(string interval, string timeZone, string end, string says)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport(interval: interval, offsetHours: interval == "week" ? Monday : 0);
        export.TimeZone = timeZone;

        var refusal = await Assert.ThrowsAsync<BackfillBoundException>(() => StartAsync(service, export, "2026-09-28", end));

        Assert.Equal("EndAt", refusal.Bound);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Single(service.Requests, request => request.Method == "POST");
        Assert.Empty(service.Emulator.State.Backfills);
    }

    [Fact]
    public async Task Reading_a_new_backfill_waits_until_it_is_visible()
    {
        await using var service = await TestService.StartAsync(SeenAfterFiveSeconds);
        var export = service.AddExport();
        var id = await StartAsync(service, export, "2026-10-01", "2026-10-02");

        var found = await service.WhileTimePassesAsync(service.Client.In(service.Project).Backfills.GetAsync(export.Id.ToString(), id));

        Assert.Equal(id, found.BackfillId);
        Assert.InRange(service.Requests.Count - 2, 2, 7);
    }

    [Fact]
    public async Task A_new_backfill_can_be_stopped_before_it_is_visible()
    {
        await using var service = await TestService.StartAsync(SeenAfterFiveSeconds);
        var export = service.AddExport();
        var id = await StartAsync(service, export, "2026-10-01", "2026-10-02");

        await service.WhileTimePassesAsync(StopAsync());

        Assert.Equal(RunStatus.Cancelled, Assert.Single(service.Emulator.State.Backfills).ForcedStatus);

        async Task<bool> StopAsync()
        {
            await service.Client.In(service.Project).Backfills.StopAsync(export.Id.ToString(), id);
            return true;
        }
    }

    [Fact]
    public async Task Reading_a_backfill_that_never_becomes_visible_fails()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        service.Break(new Fault { Method = "POST", Status = 201, Body = $$"""{"backfill_id":"{{Guid.NewGuid()}}"}""" });
        var id = await StartAsync(service, export, "2026-10-01", "2026-10-02");

        var reading = service.Client.In(service.Project).Backfills.GetAsync(export.Id.ToString(), id);
        await Assert.ThrowsAsync<NotFoundException>(() => service.WhileTimePassesAsync(reading));
        Assert.InRange(service.Requests.Count - 2, 15, 17);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_workflow_name_finds_its_backfill_and_not_an_older_one_of_the_same_interval(bool isRestarted)
    {
        await using var service = await TestService.StartAsync(options =>
            SeenAfterFiveSeconds(options) with { OlderServer = !isRestarted });
        var export = service.AddExport();
        var older = await MakeAsync();
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        var name = await MakeAsync();
        Assert.Equal(older, name);

        var found = await service.WhileTimePassesAsync(service.Client.In(service.Project).Backfills.GetAsync(export.Id.ToString(), name));

        Assert.Equal(service.Emulator.State.Backfills[1].Id.ToString(), found.BackfillId);

        await service.Client.In(service.Project).Backfills.StopAsync(export.Id.ToString(), name);
        Assert.Equal([null, RunStatus.Cancelled], service.Emulator.State.Backfills.Select(backfill => backfill.ForcedStatus));

        async Task<string> MakeAsync()
        {
            if (!isRestarted)
                return await StartAsync(service, export, "2026-10-01", "2026-10-02");

            var run = service.Emulator.State.RunsOf(export.Id) is [var newest, ..]
                ? newest
                : service.AddScheduledRun(export, TimeSpan.FromDays(2));
            return await service.Client.In(service.Project).Runs.RestartAsync(export.Id.ToString(), run.Id.ToString());
        }
    }

    [Fact]
    public async Task An_unknown_workflow_name_finds_the_newest_backfill_of_its_interval()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        var ids = new List<string>();
        foreach (var day in new[] { 1, 1, 2 })
        {
            ids.Add(await StartAsync(service, export, $"2026-10-0{day}", $"2026-10-0{day + 1}"));
            service.Clock.Advance(TimeSpan.FromHours(3));
        }

        for (var count = 0; count < 60; count++)
            service.AddBackfill(export);

        var backfills = service.Client.In(service.Project).Backfills;
        var name = $"{export.Id}-Backfill-2026-10-01T02:00:00+02:00-2026-10-02T00:00:00+00:00";
        var found = await backfills.GetAsync(export.Id.ToString(), name);

        Assert.Equal(ids[1], found.BackfillId);
        var unknown = $"{export.Id}-Backfill-START-2026-10-02T00:00:00+00:00";
        await Assert.ThrowsAsync<NotFoundException>(() => backfills.GetAsync(export.Id.ToString(), unknown));
    }

    [Fact]
    public async Task A_missing_backfill_that_is_not_new_fails_at_once()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();

        var missing = Guid.NewGuid().ToString();
        await Assert.ThrowsAsync<NotFoundException>(() =>
            service.Client.In(service.Project).Backfills.GetAsync(export.Id.ToString(), missing));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_backfill_has_its_progress_while_running_and_when_completed()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        var id = service.AddBackfill(export).Id.ToString();
        var steps = new List<string>();
        for (var minutes = 0; minutes <= 100; minutes += 50)
        {
            var backfill = await service.Client.In(service.Project).Backfills.GetAsync(export.Id.ToString(), id);
            steps.Add($"{backfill.Status}: {backfill.Progress}");
            service.Clock.Advance(TimeSpan.FromMinutes(50));
        }

        Assert.Equal(["Starting: ", "Running: 12 of 24 runs", "Completed: 24 of 24 runs"], steps);
    }

    [Fact]
    public async Task A_start_whose_response_was_lost_is_not_retried_and_may_have_taken_effect()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        service.Break(new Fault { Method = "POST", ResetAfterProcessing = true });

        var failure = await Assert.ThrowsAsync<ConnectionFailedException>(() => StartAsync(service, export, "2026-10-01", "2026-10-02"));

        Assert.True(failure.MayHaveTakenEffect);
        Assert.Single(service.Emulator.State.Backfills);
    }

    private static EmulatorOptions SeenAfterFiveSeconds(EmulatorOptions options) =>
        options with { RunDuration = TimeSpan.FromSeconds(100) };

    private static Task<string> StartAsync(TestService service, StoredExport export, string start, string end) =>
        service.Client.In(service.Project).Backfills.StartAsync(export.Id.ToString(), Time(start), Time(end));

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
