using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class LogTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(499)]
    public async Task Five_thousand_lines_come_once_each_and_newest_first(int linesPerMicrosecond)
    {
        await using var service = await TestService.StartAsync();
        var source = Write(service, 5000, index => index / linesPerMicrosecond);

        var lines = await service.Client.In(service.Project).Logs.ReadAsync(source).ToListAsync();

        Assert.Equal(Enumerable.Range(0, 5000).Select(index => $"line {4999 - index}"), lines.Select(line => line.Message));
        Assert.InRange(service.Requests.Count, 10, 25);
        Assert.Empty(service.Observer.Warnings);
    }

    [Fact]
    public async Task An_even_log_is_read_with_several_requests_at_once()
    {
        await using var service = await TestService.StartAsync();
        var source = Write(service, 5000, index => index * 1000);
        service.Break(new Fault { PathPattern = "/logs/", Skip = 1, Times = 2, StallHeaders = true });

        using var stop = new CancellationTokenSource();
        var reading = service.Client.In(service.Project).Logs.ReadAsync(source, cancellationToken: stop.Token).ToListAsync();

        await BoundedWait.Until(() => service.Requests.Count >= 4);
        Assert.False(reading.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_log_of_bursts_and_silence_comes_whole_and_in_order(int seed)
    {
        var random = new Random(seed);
        await using var service = await TestService.StartAsync();
        var (time, spread) = (0, 0);
        var times = Enumerable.Range(0, random.Next(1000, 6000)).Select(_ =>
        {
            if (random.Next(200) == 0)
                (time, spread) = (time + (int)Math.Pow(10, random.Next(8)), (int)Math.Pow(10, random.Next(5)));
            return time += random.Next(1 + spread);
        }).ToArray();
        var source = Write(service, times.Length, index => times[index]);

        var lines = await service.Client.In(service.Project).Logs.ReadAsync(source).ToListAsync();

        Assert.Equal(Enumerable.Range(1, times.Length).Select(index => $"line {times.Length - index}"), lines.Select(line => line.Message));
        Assert.InRange(service.Requests.Count, 1, 4 + 3 * times.Length / 500);
        Assert.Empty(service.Observer.Warnings);
    }

    [Fact]
    public async Task Lines_that_are_equal_in_everything_are_all_returned()
    {
        await using var service = await TestService.StartAsync();
        var source = Write(service, 1200, index => index / 100, _ => "the same");

        Assert.Equal(1200, (await service.Client.In(service.Project).Logs.ReadAsync(source).ToListAsync()).Count);
    }

    [Fact]
    public async Task A_page_full_of_one_microsecond_ends_with_a_warning_and_the_rest_follows()
    {
        await using var service = await TestService.StartAsync();
        var source = Write(service, 900, index => index switch { < 50 => 0, < 850 => 1, _ => 2 });

        var lines = await service.Client.In(service.Project).Logs.ReadAsync(source).ToListAsync();

        Assert.Equal(50 + 500 + 50, lines.Count);
        Assert.Equal("line 0", lines[^1].Message);
        Assert.Contains("500", Assert.Single(service.Observer.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3, "limit=3")]
    [InlineData(2, 3, "limit=5")]
    [InlineData(600, 450, "limit=500")]
    public async Task First_and_Skip_count_returned_items(int skip, int first, string query)
    {
        await using var service = await TestService.StartAsync();
        var source = Write(service, 2000, index => index / 7);

        var paging = new Paging { Skip = (ulong)skip, First = (ulong)first };
        var lines = await service.Client.In(service.Project).Logs.ReadAsync(source, paging: paging).ToListAsync();

        Assert.Equal(Enumerable.Range(0, first).Select(index => $"line {1999 - skip - index}"), lines.Select(line => line.Message));
        Assert.Equal(query, service.Requests[0].Query);
    }

    [Fact]
    public async Task First_0_sends_nothing_and_the_total_is_unknown()
    {
        await using var service = await TestService.StartAsync();
        var source = Write(service, 3, index => index);
        var totals = new List<long?>();
        var paging = new Paging { First = 0, OnTotal = total => { totals.Add(total); return ValueTask.CompletedTask; } };

        Assert.Empty(await service.Client.In(service.Project).Logs.ReadAsync(source, paging: paging).ToListAsync());
        Assert.Equal([null], totals);
        Assert.Empty(service.Requests);
    }

    [Theory]
    [InlineData(new[] { "ERROR" }, "ERROR")]
    [InlineData(new[] { "warn" }, "WARN%2CWARNING")]
    [InlineData(new[] { "Warning", "WARN", "error" }, "WARN%2CWARNING%2CERROR")]
    [InlineData(new[] { "Notice" }, "NOTICE")]
    [InlineData(new[] { "WARNING, error" }, "WARN%2CWARNING%2CERROR")]
    [InlineData(new[] { "ERROR,", " " }, "ERROR")]
    public async Task Levels_are_asked_for_in_every_spelling(string[] levels, string sent)
    {
        await using var service = await TestService.StartAsync();
        var source = Write(service, 10, index => index, level: index => index % 2 == 0 ? "WARNING" : "ERROR");

        var lines = await service.Client.In(service.Project).Logs.ReadAsync(source, new LogQuery { Levels = levels }).ToListAsync();

        Assert.Equal($"limit=500&level={sent}", Assert.Single(service.Requests).Query);
        Assert.Equal(
            (sent.Contains("WARN", StringComparison.Ordinal) ? 5 : 0) + (sent.Contains("ERROR", StringComparison.Ordinal) ? 5 : 0),
            lines.Count);
    }

    [Fact]
    public async Task Times_text_and_execution_are_filtered_by_the_server()
    {
        await using var service = await TestService.StartAsync();
        var source = Write(service, 10, index => index);
        var start = Start(service);

        var query = new LogQuery
        {
            After = start.AddMicroseconds(2),
            Before = start.AddMicroseconds(7),
            Search = "LINE",
            InstanceId = "execution + 1",
        };
        var lines = await service.Client.In(service.Project).Logs.ReadAsync(source, query).ToListAsync();

        Assert.Equal(["line 6", "line 5", "line 4", "line 3"], lines.Select(line => line.Message));
        Assert.Equal(
            "limit=500&after=2026-10-08T11%3A00%3A00.000002Z&before=2026-10-08T11%3A00%3A00.000007Z" +
            "&search=LINE&instance_id=execution%20%2B%201",
            Assert.Single(service.Requests).Query);
    }

    [Fact]
    public async Task Lines_know_where_they_come_from()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        var run = service.AddRun();
        service.Emulator.State.AddLogs([Line(service, export.Id, 0, "of the export"), Line(service, run.Id, 0, "of the run")]);

        var logs = service.Client.In(service.Project).Logs;
        var ofExport = Assert.Single(await logs.ReadAsync(LogSource.Export(export.Id.ToString(), "run 7")).ToListAsync());
        var ofRun = Assert.Single(await logs.ReadAsync(LogSource.OnDemandRun(run.Id.ToString())).ToListAsync());

        Assert.Equal(
            (export.Id.ToString(), "run 7", 12345, "of the export"),
            (ofExport.BatchExportId, ofExport.RunId, ofExport.ProjectId, ofExport.Message));
        Assert.Equal((null, run.Id.ToString(), 12345, "of the run"), (ofRun.BatchExportId, ofRun.RunId, ofRun.ProjectId, ofRun.Message));
    }

    [Fact]
    public async Task Following_returns_each_new_line_once_and_oldest_first()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        service.Emulator.State.AddLogs([Line(service, export.Id, -1, "too old")]);
        using var follower = new Follower(service, LogSource.Export(export.Id.ToString()), new LogQuery { After = Start(service) });

        await follower.LooksAsync(1);
        Assert.Empty(follower.Lines);

        service.Emulator.State.AddLogs(
        [
            Line(service, export.Id, 1, "a"),
            Line(service, export.Id, 2, "b"),
            Line(service, export.Id, 2, "c"),
        ]);
        await follower.LooksAsync(2);
        Assert.Equal(["a", "b", "c"], follower.Lines);

        service.Emulator.State.AddLogs(
        [
            Line(service, export.Id, 2, "d in the same microsecond"),
            Line(service, export.Id, 2, "b"),
            Line(service, export.Id, 3, "e"),
        ]);
        await follower.LooksAsync(4);
        Assert.Equal(["a", "b", "c", "d in the same microsecond", "b", "e"], follower.Lines);

        await follower.StopAsync();
        Assert.Equal(4, service.Requests.Count);
    }

    [Fact]
    public async Task Following_without_a_start_begins_now()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        service.Emulator.State.AddLogs([Line(service, export.Id, 0, "from before")]);
        using var follower = new Follower(service, LogSource.Export(export.Id.ToString()), null);

        await follower.LooksAsync(1);

        Assert.Empty(follower.Lines);
        Assert.Equal(["limit=1", "limit=500&after=2026-10-08T12%3A00%3A00Z"], service.Requests.Select(request => request.Query));
        await follower.StopAsync();
    }

    [Fact]
    public async Task Following_reads_a_burst_longer_than_a_page()
    {
        await using var service = await TestService.StartAsync();
        var source = Write(service, 1600, index => index / 3);
        using var follower = new Follower(service, source, new LogQuery { After = Start(service).AddMicroseconds(-1) });

        await follower.LooksAsync(1);

        Assert.Equal(Enumerable.Range(0, 1600).Select(index => $"line {index}"), follower.Lines);
        await follower.StopAsync();
    }

    [Fact]
    public async Task Following_a_long_past_shows_its_oldest_lines_first_without_reading_it_all()
    {
        await using var service = await TestService.StartAsync();
        var source = Write(service, 60_000, index => index * 50_000);
        var query = new LogQuery { After = Start(service).AddMicroseconds(-1) };

        var lines = await service.Client.In(service.Project).Logs
            .FollowAsync(source, query, paging: new Paging { First = 10 }).ToListAsync().WithTimeout();

        Assert.Equal(Enumerable.Range(0, 10).Select(index => $"line {index}"), lines.Select(line => line.Message));
        Assert.InRange(service.Requests.Count, 1, 30);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Following_a_long_past_returns_every_line_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        await using var service = await TestService.StartAsync();
        var time = 0;
        var times = Enumerable.Range(0, 12_000)
            .Select(_ => time += random.Next(300) == 0 ? random.Next(50_000_000) : random.Next(random.Next(2) * 3))
            .ToArray();
        var source = Write(service, times.Length, index => times[index]);
        var query = new LogQuery { After = Start(service).AddMicroseconds(-1) };

        var lines = await service.Client.In(service.Project).Logs
            .FollowAsync(source, query, paging: new Paging { First = (ulong)times.Length }).ToListAsync().WithTimeout();

        Assert.Equal(Enumerable.Range(0, times.Length).Select(index => $"line {index}"), lines.Select(line => line.Message));
    }

    private static DateTimeOffset Start(TestService service) => service.Clock.Start.AddHours(-1);

    private static LogRow Line(TestService service, Guid source, int microsecond, string message, string level = "INFO") =>
        new(source, "execution + 1", Start(service).AddMicroseconds(microsecond), level, message);

    private static LogSource Write(
        TestService service,
        int count,
        Func<int, int> microsecond,
        Func<int, string>? message = null,
        Func<int, string>? level = null)
    {
        var export = service.AddExport();
        service.Emulator.State.AddLogs(Enumerable.Range(0, count).Select(index =>
            Line(service, export.Id, microsecond(index), message?.Invoke(index) ?? $"line {index}", level?.Invoke(index) ?? "INFO")));
        return LogSource.Export(export.Id.ToString());
    }

    /// <summary>Follows a log in the background, one look at a time.</summary>
    private sealed class Follower : IDisposable
    {
        private readonly TestService _service;
        private readonly CancellationTokenSource _stop = new();
        private readonly List<string> _lines = [];
        private readonly Task _work;
        private int _looks = 1;

        public Follower(TestService service, LogSource source, LogQuery? query)
        {
            _service = service;
            _work = FollowAsync(source, query);
        }

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public async Task LooksAsync(int count)
        {
            for (; ; _looks++)
            {
                await BoundedWait.Until(() => _service.Clock.TimersOf(Interval) >= _looks);
                if (_looks == count)
                    return;

                _service.Clock.Advance(Interval);
            }
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _work.WithTimeout());
        }

        public void Dispose() => _stop.Dispose();

        private async Task FollowAsync(LogSource source, LogQuery? query)
        {
            var logs = _service.Client.In(_service.Project).Logs;
            await foreach (var line in logs.FollowAsync(source, query, cancellationToken: _stop.Token))
            {
                lock (_lines)
                    _lines.Add(line.Message!);
            }
        }
    }
}
