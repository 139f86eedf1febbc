using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests.WholeService;

public sealed class LogTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(250)]
    [InlineData(333)]
    [InlineData(499)]
    public async Task Each_line_is_returned_once_and_in_order_however_many_share_a_timestamp(int linesATime)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        AddLines(service, export.Id, 5000, n => TimeSpan.FromMicroseconds(n / linesATime));

        var read = await service.Client.In(service.Project).Logs.ReadAsync(LogSource.Export(export.Id.ToString())).ToListAsync();

        Assert.Equal(Enumerable.Range(0, 5000).Reverse().Select(n => $"line {n}"), read.Select(entry => entry.Message));
        Assert.Empty(service.Observer.Warnings);
    }

    [Fact]
    public async Task Identical_lines_are_all_returned()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        var time = service.Clock.GetUtcNow().AddDays(-1);
        service.Emulator.State.AddLogs(Enumerable.Range(0, 5000).Select(n =>
            new LogRow(export.Id, "i", time.AddMicroseconds(n / 400), "INFO", "again")));

        var read = await service.Client.In(service.Project).Logs.ReadAsync(LogSource.Export(export.Id.ToString())).ToListAsync();

        Assert.Equal(5000, read.Count);
    }

    [Fact]
    public async Task More_lines_of_one_timestamp_than_the_service_returns_cause_a_warning_and_no_endless_loop()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        AddLines(service, export.Id, 1200, n => TimeSpan.FromMicroseconds(n is >= 100 and < 1100 ? 100 : n));

        var read = await service.Client.In(service.Project).Logs.ReadAsync(LogSource.Export(export.Id.ToString())).ToListAsync();

        Assert.Equal(100 + 500 + 100, read.Count);
        Assert.Contains("no more than 500", Assert.Single(service.Observer.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL, 1UL, 1)]
    [InlineData(0UL, 500UL, 1)]
    [InlineData(0UL, 501UL, 2)]
    [InlineData(499UL, 2UL, 2)]
    [InlineData(0UL, 0UL, 0)]
    public async Task First_and_Skip_are_exact_at_page_boundaries(ulong skip, ulong first, int requests)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        AddLines(service, export.Id, 1200, n => TimeSpan.FromSeconds(n));

        var source = LogSource.Export(export.Id.ToString());
        var paging = new Paging { Skip = skip, First = first };
        var read = await service.Client.In(service.Project).Logs.ReadAsync(source, paging: paging).ToListAsync();

        Assert.Equal(
            Enumerable.Range(0, 1200).Reverse().Skip((int)skip).Take((int)first).Select(n => $"line {n}"),
            read.Select(entry => entry.Message));
        Assert.Equal(requests, service.Requests.Count);
    }

    [Fact]
    public async Task Following_ends_with_the_run_and_misses_no_line()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        var run = service.AddScheduledRun(export, TimeSpan.FromMinutes(1), RunStatus.Running);
        var looks = 0;
        var source = LogSource.Export(export.Id.ToString());
        var following = service.Client.In(service.Project).Logs.FollowAsync(source, query: null, HasEndedAsync).ToListAsync();

        var lines = await service.WhileTimePassesAsync(following);

        Assert.Equal(["look 1", "look 2", "look 3"], lines.Select(line => line.Message));
        Assert.Empty(service.Observer.Warnings);

        async Task<bool> HasEndedAsync(CancellationToken cancellationToken)
        {
            looks++;
            var time = service.Clock.GetUtcNow().AddMilliseconds(looks);
            service.Emulator.State.AddLogs([new LogRow(export.Id, "i", time, "INFO", $"look {looks}")]);
            if (looks == 3)
                service.Emulator.State.Force(run, RunStatus.Completed);

            var runs = service.Client.In(service.Project).Runs;
            return (await runs.GetAsync(export.Id.ToString(), run.Id.ToString(), cancellationToken)).IsFinished;
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 6)]
    public async Task Followed_logs_are_polled_every_two_seconds_together(int logs, int seconds)
    {
        await using var service = await TestService.StartAsync();
        var source = LogSource.Export(service.AddExport().Id.ToString());
        var looks = 0;
        var following = service.Client.In(service.Project).Logs.FollowAsync(source, null, HasEndedAsync, followedLogs: logs).ToListAsync();

        await service.WhileTimePassesAsync(following);

        Assert.Equal(3, service.Clock.TimersOf(TimeSpan.FromSeconds(seconds)));

        Task<bool> HasEndedAsync(CancellationToken cancellationToken) => Task.FromResult(++looks == 4);
    }

    [Fact]
    public async Task Following_survives_transient_failures_with_a_warning_and_waits_as_requested()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        var started = service.Clock.GetUtcNow();
        service.Break(new Fault
        {
            Status = 429,
            Headers = new() { ["Retry-After"] = "30" },
            Body = """{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}""",
        });
        service.Break(new Fault { Status = 502, Body = "<html>" });
        service.Break(new Fault { Reset = true });
        var looks = 0;
        var following = service.Client.In(service.Project).Logs.FollowAsync(
            LogSource.Export(export.Id.ToString()),
            query: null,
            _ => Task.FromResult(++looks == 4)).ToListAsync();
        service.Emulator.State.AddLogs([new LogRow(export.Id, "i", started.AddSeconds(1), "INFO", "written while nothing answered")]);

        var lines = await service.WhileTimePassesAsync(following);

        Assert.Equal("written while nothing answered", Assert.Single(lines).Message);
        Assert.Equal(3, service.Observer.Warnings.Count);
        Assert.All(service.Observer.Warnings, warning => Assert.EndsWith("Still following the log.", warning, StringComparison.Ordinal));
        Assert.True(service.Requests[1].At - service.Requests[0].At >= TimeSpan.FromSeconds(30));
        Assert.True(service.Requests[2].At - service.Requests[1].At < TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Following_ends_with_a_permanent_failure(int status)
    {
        await using var service = await TestService.StartAsync();
        service.Break(new Fault { Status = status, Body = """{"type":"x","code":"x","detail":"x","attr":null}""" });
        var source = LogSource.Export(service.AddExport().Id.ToString());
        var following = service.Client.In(service.Project).Logs.FollowAsync(source).ToListAsync();

        await Assert.ThrowsAnyAsync<BatchExportException>(() => following);
    }

    private static void AddLines(TestService service, Guid export, int count, Func<int, TimeSpan> time)
    {
        var start = service.Clock.GetUtcNow().AddDays(-1);
        service.Emulator.State.AddLogs(Enumerable.Range(0, count).Select(n =>
            new LogRow(export, "i", start + time(n), "INFO", $"line {n}")));
    }
}
