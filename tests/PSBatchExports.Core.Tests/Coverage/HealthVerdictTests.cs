using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests.Coverage;

/// <summary>Verdicts written by hand for histories that an export may have.</summary>
public sealed class HealthVerdictTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // Runs of an hourly export, the newest interval last, and the minutes since its end. The number is how many hours before that end the
    // data ends; -1 if nothing is known to be whole.
    [Theory]
    [InlineData("CCCCCCCCCCCC", 20, HealthVerdict.Fresh, 0)]
    [InlineData("CCCC", 20, HealthVerdict.Fresh, 0)]
    [InlineData("C", 20, HealthVerdict.Fresh, 0)]
    [InlineData("CCCCCCCCCCCM", 5, HealthVerdict.Fresh, 1)]
    [InlineData("CCCCCCCCCCCM", 15, HealthVerdict.Fresh, 1)]
    [InlineData("CCCCCCCCCCCM", 17, HealthVerdict.Late, 1)]
    [InlineData("CCCCCCCCCCCM", 59, HealthVerdict.Late, 1)]
    [InlineData("CCCCCCCCCCCMM", 17, HealthVerdict.Stalled, 2)]
    [InlineData("CCCCCCCMMMMMM", 17, HealthVerdict.Stalled, 6)]
    [InlineData("CCCCCCCCCCCR", 20, HealthVerdict.Fresh, 1)]
    [InlineData("CCCCCCCCCCCS", 20, HealthVerdict.Fresh, 1)]
    [InlineData("CCCCCCCCCCCR", 70, HealthVerdict.Fresh, 1)]
    [InlineData("CCCCCCCCCCCR", 80, HealthVerdict.Stalled, 1)]
    [InlineData("CCCCCCCCCRRR", 20, HealthVerdict.Stalled, 3)]
    [InlineData("CCCCCCCCCRCC", 20, HealthVerdict.Stalled, 3)]
    [InlineData("CCCCCCCCCCRC", 20, HealthVerdict.Stalled, 2)]
    [InlineData("CCCCCCCCCCCF", 20, HealthVerdict.Failing, 1)]
    [InlineData("CCCCCCCCCCCT", 20, HealthVerdict.Failing, 1)]
    [InlineData("CCCCCCCCCCFR", 20, HealthVerdict.Failing, 2)]
    [InlineData("CCCCCCCCCFFF", 20, HealthVerdict.Failing, 3)]
    [InlineData("FFFFFFFFFFFF", 20, HealthVerdict.Failing, -1)]
    [InlineData("CFFFFFFFFFFF", 20, HealthVerdict.Failing, 11)]
    [InlineData("CCCCCCCCCFCC", 20, HealthVerdict.Late, 3)]
    [InlineData("CCCCCCCCCFFC", 20, HealthVerdict.Late, 3)]
    [InlineData("CCCCCCCCCMCC", 20, HealthVerdict.Late, 3)]
    [InlineData("CCCCCCCCCXCC", 20, HealthVerdict.Late, 3)]
    [InlineData("CCCCCCCCCrCC", 20, HealthVerdict.Fresh, 0)]
    [InlineData("CCCCCCCCCCCr", 20, HealthVerdict.Fresh, 0)]
    [InlineData("CCCCCCCCCxCC", 20, HealthVerdict.Fresh, 0)]
    [InlineData("CCCCCCCCCDCC", 20, HealthVerdict.Fresh, 0)]
    [InlineData("CCCCCCCCCBCC", 20, HealthVerdict.Fresh, 0)]
    [InlineData("CCCCCCCCCCCX", 20, HealthVerdict.Late, 1)]
    [InlineData("EEEEEEEEEEEE", 20, HealthVerdict.OnlyEmpty, 0)]
    [InlineData("EEE", 20, HealthVerdict.OnlyEmpty, 0)]
    [InlineData("EEEEEEEEEEEC", 20, HealthVerdict.Fresh, 0)]
    [InlineData("CEEEEEEEEEEE", 20, HealthVerdict.OnlyEmpty, 0)]
    [InlineData("CCCCCCCCEEEE", 20, HealthVerdict.Fresh, 0)]
    [InlineData("EEEEEEEEEEFE", 20, HealthVerdict.Late, 2)]
    [InlineData("EEEEEEEEEEEF", 20, HealthVerdict.Failing, 1)]
    [InlineData("", 20, HealthVerdict.NeverRan, -1)]
    [InlineData("R", 20, HealthVerdict.Fresh, -1)]
    public async Task An_hourly_export_is_judged_by_its_runs(string runs, int minutes, string verdict, int hoursBack)
    {
        await using var service = await TestService.StartAsync();
        var end = service.Clock.GetUtcNow();
        var export = service.AddExportWithHistory(runs, Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(minutes));

        var health = await HealthAsync(service, export);

        Assert.Equal((verdict, hoursBack < 0 ? null : end.AddHours(-hoursBack)), (health.Verdict, health.DataUntil));
        Assert.Equal(health.DataUntil is { } until ? service.Clock.GetUtcNow() - until : null, health.Lag);
        Assert.NotEqual("", health.Reason);
    }

    [Theory]
    [InlineData("CCCCCCCCCC", 21, HealthVerdict.Fresh, 0)]
    [InlineData("CCCCCCCCCM", 20, HealthVerdict.Fresh, 1)]
    [InlineData("CCCCCCCCCM", 22, HealthVerdict.Late, 1)]
    [InlineData("CCCCCCCCCM", 82, HealthVerdict.Stalled, 1)]
    [InlineData("CCCCCCCCCR", 70, HealthVerdict.Fresh, 1)]
    [InlineData("CCCCCCCCCR", 200, HealthVerdict.Late, 1)]
    [InlineData("CCCCCCCCCR", 1500, HealthVerdict.Stalled, 1)]
    [InlineData("CCCCMCCCCC", 60, HealthVerdict.Late, 6)]
    public async Task A_daily_export_is_judged_by_its_runs(string runs, int minutes, string verdict, int daysBack)
    {
        await using var service = await TestService.StartAsync();
        var end = service.Clock.GetUtcNow();
        var export = service.AddExportWithHistory(runs, TimeSpan.FromDays(1), "day", hour: 12);
        service.Clock.Advance(TimeSpan.FromMinutes(minutes));

        var health = await HealthAsync(service, export);

        Assert.Equal((verdict, end.AddDays(-daysBack)), (health.Verdict, health.DataUntil));
    }

    [Theory]
    [InlineData("CCCCCCCCCCCC", 2, HealthVerdict.Fresh, 0)]
    [InlineData("CCCCCCCCCCCM", 1, HealthVerdict.Fresh, 1)]
    [InlineData("CCCCCCCCCCCM", 3, HealthVerdict.Late, 1)]
    [InlineData("CCCCCCCCCCMM", 3, HealthVerdict.Late, 2)]
    [InlineData("CCCCCCCMMMMM", 3, HealthVerdict.Stalled, 5)]
    [InlineData("CCCCCCCCCCRR", 3, HealthVerdict.Fresh, 2)]
    [InlineData("CFFFFFFFFFFFFFFF", 3, HealthVerdict.Failing, 15)]
    public async Task A_five_minute_export_is_judged_by_its_runs(string runs, int minutes, string verdict, int intervalsBack)
    {
        await using var service = await TestService.StartAsync();
        var end = service.Clock.GetUtcNow();
        var export = service.AddExportWithHistory(runs, TimeSpan.FromMinutes(5), "every 5 minutes");
        service.Clock.Advance(TimeSpan.FromMinutes(minutes));

        var health = await HealthAsync(service, export);

        Assert.Equal((verdict, end.AddMinutes(-5 * intervalsBack)), (health.Verdict, health.DataUntil));
    }

    [Theory]
    [InlineData("CCCCCCCCC", 61, HealthVerdict.Late)]
    [InlineData("CCCCCCCCC", 59, HealthVerdict.Fresh)]
    public async Task Data_that_is_older_than_the_maximum_lag_is_late(string runs, int minutes, string verdict)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory(runs, Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(minutes));

        Assert.Equal(verdict, (await HealthAsync(service, export, maxLag: Hour)).Verdict);
    }

    [Theory]
    [InlineData("CCCCCCCCCC", "", HealthVerdict.PausedByUser, "no run had just failed")]
    [InlineData("CCCCCCCFFF", "log", HealthVerdict.PausedByService, "says its log")]
    [InlineData("CCCCCCCFFF", "", HealthVerdict.PausedByUser, "names no pause by the service")]
    [InlineData("CCCCCCCFFF", "unreadable", HealthVerdict.PausedByService, "probably by the service")]
    [InlineData("CCCCCCCCCF", "unreadable", HealthVerdict.PausedByUser, "probably by somebody")]
    [InlineData("", "", HealthVerdict.PausedByUser, "no run had just failed")]
    public async Task Whoever_paused_an_export_is_told_by_its_runs_and_its_log(string runs, string log, string verdict, string reason)
    {
        await using var service = await TestService.StartAsync();
        var end = service.Clock.GetUtcNow();
        var export = service.AddExportWithHistory(runs, Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(5));
        export.Paused = true;
        export.LastPausedAt = service.Clock.GetUtcNow();
        if (log == "log")
            service.Emulator.State.AddLogs([Pause(export)]);

        service.Clock.Advance(TimeSpan.FromHours(3));
        if (log == "unreadable")
            service.Break(new Fault { Status = 500, Body = "{}", PathPattern = "logs", Times = 9 });

        var health = await HealthAsync(service, export);

        Assert.Equal(verdict, health.Verdict);
        Assert.Contains(reason, health.Reason, StringComparison.Ordinal);
        Assert.Null(health.NextExpected);
    }

    [Fact]
    public async Task An_export_past_its_end_has_ended_and_says_what_it_lacks()
    {
        await using var service = await TestService.StartAsync();
        var end = service.Clock.GetUtcNow();
        var export = service.AddExportWithHistory("CCCCCCFCCC", Hour);
        export.EndAt = end;
        service.Clock.Advance(TimeSpan.FromDays(3));

        var health = await HealthAsync(service, export);

        Assert.Equal((HealthVerdict.Ended, end.AddHours(-4)), (health.Verdict, health.DataUntil));
        Assert.Contains("was not all exported", health.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_of_backfills_that_hide_the_schedule_are_looked_behind()
    {
        await using var service = await TestService.StartAsync();
        var end = service.Clock.GetUtcNow();
        var export = service.AddExportWithHistory("CCCCCCCCCCCC", Hour);
        for (var hour = 1; hour <= 10; hour++)
        {
            var last = end.AddHours(-hour);
            service.AddScheduledRun(export, last.AddHours(-1), last, "Completed", end.AddMinutes(10), isBackfill: true);
        }

        service.Clock.Advance(TimeSpan.FromMinutes(20));

        var health = await HealthAsync(service, export);

        Assert.Equal((HealthVerdict.Fresh, end), (health.Verdict, health.DataUntil));
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task The_newest_runs_suffice_for_exports_that_work()
    {
        await using var service = await TestService.StartAsync();
        for (var count = 0; count < 250; count++)
            service.AddExportWithHistory(count % 3 == 0 ? "CCCCCCCCCCCF" : "CCCCCCCCCCCC", Hour);

        service.Clock.Advance(TimeSpan.FromMinutes(20));
        var api = service.Client.In(service.Project);
        var verdicts = new List<string>();
        await foreach (var export in api.Exports.ListAsync())
            verdicts.Add((await api.Health.GetAsync(export)).Verdict);

        Assert.Equal(84, verdicts.Count(verdict => verdict == HealthVerdict.Failing));
        Assert.Equal(166, verdicts.Count(verdict => verdict == HealthVerdict.Fresh));
        Assert.InRange(service.Requests.Count, 2, 4);
    }

    private static LogRow Pause(StoredExport export) => new(
        export.Id,
        "instance",
        export.LastPausedAt!.Value,
        "WARNING",
        "Batch export was automatically paused due to exceeding failure threshold and exhausting all automated retries.");

    private static async Task<BatchExportHealth> HealthAsync(TestService service, StoredExport export, TimeSpan? maxLag = null) =>
        await service.Client.In(service.Project).Health.GetAsync(await service.ReadAsync(export), maxLag);
}
