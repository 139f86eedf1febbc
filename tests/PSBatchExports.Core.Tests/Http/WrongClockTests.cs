using PSBatchExports.Core.Tests.WholeService;
using PSBatchExports.Emulator;
using PSBatchExports.Files.Storage;
using PSBatchExports.Http;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>This machine's clock is two hours ahead of the service's, behind it, or right.</summary>
public sealed class WrongClockTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    public static TheoryData<int> HoursAhead { get; } = [2, 0, -2];

    public static TheoryData<int, bool> HoursAheadOnUsedConnectionOrNot { get; } = new()
    {
        { 2, true },
        { 0, true },
        { -2, true },
        { 2, false },
        { 0, false },
        { -2, false },
    };

    [Theory]
    [MemberData(nameof(HoursAhead))]
    public async Task The_end_of_a_backfill_is_checked_by_the_services_clock(int hours)
    {
        await using var service = await TestService.StartAsync();
        var (client, _) = Connect(service, hours);
        var export = service.AddExport().Id.ToString();
        var now = service.Clock.GetUtcNow();

        var id = await client.In(service.Project).Backfills.StartAsync(export, now.AddHours(-3), now);
        var refusal = await Assert.ThrowsAsync<BackfillBoundException>(() =>
            client.In(service.Project).Backfills.StartAsync(export, now.AddHours(-3), now.AddSeconds(1)));

        Assert.Equal(id, Assert.Single(service.Emulator.State.Backfills).Id.ToString());
        Assert.Equal("EndAt", refusal.Bound);
    }

    [Theory]
    [MemberData(nameof(HoursAhead))]
    public async Task A_date_in_Retry_After_is_compared_with_the_date_of_the_response(int hours)
    {
        await using var service = await TestService.StartAsync();
        var (client, clock) = Connect(service, hours);
        var now = service.Clock.GetUtcNow();
        service.Break(FailureCases.Limited($"{now.AddSeconds(3):R}"));
        service.Break(new Fault { Status = 503, Skip = 1, Headers = new() { ["Retry-After"] = $"{now.AddSeconds(33):R}" } });

        await client.In(service.Project).Exports.ListAsync().ToListAsync();
        await client.In(service.Project).Exports.ListAsync().ToListAsync();

        Assert.Equal([TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(30)], service.Observer.Waits.Select(wait => wait.Delay));
        Assert.Equal(clock.GetUtcNow(), service.Observer.Waits.Last().Until);
    }

    [Theory]
    [MemberData(nameof(HoursAhead))]
    public async Task The_end_of_too_long_a_wait_is_reported_by_this_machines_clock(int hours)
    {
        await using var service = await TestService.StartAsync();
        var (client, clock) = Connect(service, hours);
        service.Break(FailureCases.Limited($"{service.Clock.GetUtcNow().AddHours(1):R}"));

        var failure = await Assert.ThrowsAsync<ThrottledException>(() => client.In(service.Project).Exports.ListAsync().ToListAsync());

        Assert.Equal((TimeSpan.FromHours(1), clock.GetUtcNow().AddHours(1)), (failure.RetryAfter, failure.RetryAt));
    }

    [Theory]
    [MemberData(nameof(HoursAheadOnUsedConnectionOrNot))]
    public async Task A_log_is_followed_from_now_by_the_services_clock(int hours, bool isUsed)
    {
        await using var service = await TestService.StartAsync();
        var (client, clock) = Connect(service, hours);
        var export = service.AddExport().Id;
        var now = service.Clock.GetUtcNow();
        service.Emulator.State.AddLogs([new LogRow(export, "i", now.AddSeconds(-2), "INFO", "old")]);
        if (isUsed)
            await client.In(service.Project).Exports.ListAsync().ToListAsync();

        var looks = 0;
        var following = client.In(service.Project).Logs.FollowAsync(
                LogSource.Export(export.ToString()),
                query: null,
                _ => Task.FromResult(++looks == 3),
                from: clock.GetUtcNow()).ToListAsync();
        service.Emulator.State.AddLogs([new LogRow(export, "i", now.AddSeconds(1.5), "INFO", "new")]);

        Assert.Equal("new", Assert.Single(await service.WhileTimePassesAsync(following)).Message);
    }

    [Theory]
    [InlineData(2, -3, 10)]
    [InlineData(0, -3, 10)]
    [InlineData(-2, -3, 10)]
    [InlineData(2, 0, 60)]
    [InlineData(0, 0, 60)]
    [InlineData(-2, 0, 60)]
    public async Task A_run_is_first_polled_at_its_earliest_end_despite_a_wrong_clock(int hours, int hoursOfData, int seconds)
    {
        await using var service = await TestService.StartAsync();
        var (client, clock) = Connect(service, hours);
        var run = await client.In(service.Project).OnDemandRuns.StartAsync(Calls.NewRun(service.Clock.GetUtcNow().AddHours(hoursOfData)));

        Assert.Equal(clock.GetUtcNow().AddSeconds(seconds), client.Known(run.RunId!).EarliestEnd!.Value, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [MemberData(nameof(HoursAhead))]
    public async Task An_export_ends_by_the_services_clock(int hours)
    {
        await using var service = await TestService.StartAsync();
        var (client, _) = Connect(service, hours);
        var now = service.Clock.GetUtcNow();
        var (ended, active) = (service.AddExport(), service.AddExport());
        (ended.EndAt, active.EndAt) = (now.AddHours(-1), now.AddHours(1));

        Assert.Equal("Ended", (await client.In(service.Project).Exports.GetAsync(ended.Id.ToString())).Status);
        Assert.Equal("Active", (await client.In(service.Project).Exports.GetAsync(active.Id.ToString())).Status);
        Assert.Equal(now, client.ServerTime, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [MemberData(nameof(HoursAhead))]
    public async Task A_signed_URL_is_used_until_shortly_before_it_expires(int hours)
    {
        await using var service = await TestService.StartAsync(options => options with { SignedUrlLifetime = TimeSpan.FromMinutes(10) });
        var (client, _) = Connect(service, hours);
        var file = Assert.Single(await client.In(service.Project).Files.ListAsync(service.AddRun("Completed").Id.ToString()));
        using var storage = new StorageFile(new Api(Transport(service, hours), NoObserver.Instance, origin: null, service.Project), file);

        var first = await storage.SignAsync(CancellationToken.None);
        service.Clock.Advance(TimeSpan.FromMinutes(8));
        Assert.Same(first, await storage.SignAsync(CancellationToken.None));
        service.Clock.Advance(TimeSpan.FromMinutes(1.5));
        Assert.NotSame(first, await storage.SignAsync(CancellationToken.None));
    }

    private static (BatchExportClient Client, TimeProvider Clock) Connect(TestService service, int hoursAhead)
    {
        var clock = new ShiftedClock(service.Clock, TimeSpan.FromHours(hoursAhead));
        var client = service.Connect(options => options with
        {
            TimeProvider = clock,
            MaximumRetryCount = 2,
            MaximumRetryDelay = MaxWait,
        });
        return (client, clock);
    }

    private static ApiTransport Transport(TestService service, int hoursAhead)
    {
        var clock = new ShiftedClock(service.Clock, TimeSpan.FromHours(hoursAhead));
        return new(TestService.OptionsFor(service.Emulator.ApiOrigin, service.Emulator.ApiKey, clock));
    }
}
