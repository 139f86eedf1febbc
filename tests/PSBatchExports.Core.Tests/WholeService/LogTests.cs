using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests.WholeService;

public sealed class LogTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(250)]
    [InlineData(333)]
    [InlineData(499)]
    public async Task Every_line_comes_out_once_and_in_order_however_many_share_a_time(int linesATime)
    {
        await using var scene = await ConnectedScene.StartAsync();
        var export = scene.AddExport();
        AddLines(scene, export.Id, 5000, n => TimeSpan.FromMicroseconds(n / linesATime));

        var read = await ConnectedScene.ListAsync(scene.Client.Logs.ReadAsync(LogSource.Export(scene.Project, export.Id.ToString())));

        Assert.Equal(Enumerable.Range(0, 5000).Reverse().Select(n => $"line {n}"), read.Select(entry => entry.Message));
        Assert.Empty(scene.Warnings);
    }

    [Fact]
    public async Task Lines_that_are_equal_to_the_letter_are_counted()
    {
        await using var scene = await ConnectedScene.StartAsync();
        var export = scene.AddExport();
        scene.State.AddLogs(Enumerable.Range(0, 5000).Select(n => new LogRow(export.Id, "i", scene.Now.AddDays(-1).AddMicroseconds(n / 400), "INFO", "again")));

        var read = await ConnectedScene.ListAsync(scene.Client.Logs.ReadAsync(LogSource.Export(scene.Project, export.Id.ToString())));

        Assert.Equal(5000, read.Count);
    }

    [Fact]
    public async Task More_lines_of_one_time_than_the_service_hands_out_are_a_warning_and_not_an_endless_loop()
    {
        await using var scene = await ConnectedScene.StartAsync();
        var export = scene.AddExport();
        AddLines(scene, export.Id, 1200, n => TimeSpan.FromMicroseconds(n is >= 100 and < 1100 ? 100 : n));

        var read = await ConnectedScene.ListAsync(scene.Client.Logs.ReadAsync(LogSource.Export(scene.Project, export.Id.ToString())));

        Assert.Equal(100 + 500 + 100, read.Count);
        Assert.Contains("no more than 500", Assert.Single(scene.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL, 1UL, 1)]
    [InlineData(0UL, 500UL, 1)]
    [InlineData(0UL, 501UL, 2)]
    [InlineData(499UL, 2UL, 2)]
    [InlineData(0UL, 0UL, 0)]
    public async Task First_and_skip_are_exact_at_the_borders_of_pages(ulong skip, ulong first, int requests)
    {
        await using var scene = await ConnectedScene.StartAsync();
        var export = scene.AddExport();
        AddLines(scene, export.Id, 1200, n => TimeSpan.FromSeconds(n));

        var read = await ConnectedScene.ListAsync(scene.Client.Logs.ReadAsync(LogSource.Export(scene.Project, export.Id.ToString()), paging: new Paging { Skip = skip, First = first }));

        Assert.Equal(Enumerable.Range(0, 1200).Reverse().Skip((int)skip).Take((int)first).Select(n => $"line {n}"), read.Select(entry => entry.Message));
        Assert.Equal(requests, scene.Requests.Count);
    }

    [Fact]
    public async Task Following_ends_by_itself_when_the_run_has_ended_and_leaves_no_line_out()
    {
        await using var scene = await ConnectedScene.StartAsync();
        var export = scene.AddExport();
        var run = scene.AddRun(export, TimeSpan.FromMinutes(1), RunStatus.Running);
        var looks = 0;
        var following = ConnectedScene.ListAsync(scene.Client.Logs.FollowAsync(LogSource.Export(scene.Project, export.Id.ToString()), query: null, s_interval, HasEndedAsync));

        var lines = await scene.WhileTimePassesAsync(following);

        Assert.Equal(["look 1", "look 2", "look 3"], lines.Select(line => line.Message));
        Assert.Empty(scene.Warnings);

        async Task<bool> HasEndedAsync(CancellationToken cancellationToken)
        {
            looks++;
            scene.State.AddLogs([new LogRow(export.Id, "i", scene.Now.AddMilliseconds(looks), "INFO", $"look {looks}")]);
            if (looks == 3)
                scene.State.Force(run, RunStatus.Completed);

            return (await scene.Client.Runs.GetAsync(scene.Project, export.Id.ToString(), run.Id.ToString(), cancellationToken)).IsFinished;
        }
    }

    [Fact]
    public async Task Following_survives_what_may_go_away_with_a_warning_and_waits_as_long_as_it_is_told()
    {
        await using var scene = await ConnectedScene.StartAsync();
        var export = scene.AddExport();
        var started = scene.Now;
        scene.Break(new Fault { Status = 429, Headers = new() { ["Retry-After"] = "30" }, Body = """{"type":"throttled_error","code":"throttled","detail":"Request was throttled.","attr":null}""" });
        scene.Break(new Fault { Status = 502, Body = "<html>" });
        scene.Break(new Fault { Reset = true });
        var looks = 0;
        var following = ConnectedScene.ListAsync(scene.Client.Logs.FollowAsync(LogSource.Export(scene.Project, export.Id.ToString()), query: null, s_interval, _ => Task.FromResult(++looks == 4)));
        scene.State.AddLogs([new LogRow(export.Id, "i", started.AddSeconds(1), "INFO", "written while nothing answered")]);

        var lines = await scene.WhileTimePassesAsync(following);

        Assert.Equal("written while nothing answered", Assert.Single(lines).Message);
        Assert.Equal(3, scene.Warnings.Count);
        Assert.All(scene.Warnings, warning => Assert.EndsWith("The log is followed on.", warning, StringComparison.Ordinal));
        Assert.True(scene.Requests[1].At - scene.Requests[0].At >= TimeSpan.FromSeconds(30));
        Assert.True(scene.Requests[2].At - scene.Requests[1].At < TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Following_ends_with_an_error_that_will_not_go_away(int status)
    {
        await using var scene = await ConnectedScene.StartAsync();
        scene.Break(new Fault { Status = status, Body = """{"type":"x","code":"x","detail":"x","attr":null}""" });
        var following = ConnectedScene.ListAsync(scene.Client.Logs.FollowAsync(LogSource.Export(scene.Project, scene.AddExport().Id.ToString()), query: null, s_interval));

        await Assert.ThrowsAnyAsync<BatchExportException>(() => following);
    }

    private static void AddLines(ConnectedScene scene, Guid export, int count, Func<int, TimeSpan> time) =>
        scene.State.AddLogs(Enumerable.Range(0, count).Select(n => new LogRow(export, "i", scene.Now.AddDays(-1) + time(n), "INFO", $"line {n}")));
}
