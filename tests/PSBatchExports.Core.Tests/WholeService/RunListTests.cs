using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests.WholeService;

public sealed class RunListTests
{
    private const int Runs = 1000;

    [Fact]
    public async Task A_run_is_found_by_id_regardless_of_its_age()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        var run = service.AddScheduledRun(export, TimeSpan.FromDays(400), RunStatus.Running);

        var found = await service.Client.In(service.Project).Runs.GetAsync(export.Id.ToString(), run.Id.ToString());
        await service.Client.In(service.Project).Runs.StopAsync(export.Id.ToString(), run.Id.ToString());
        var backfill = await service.Client.In(service.Project).Runs.RestartAsync(export.Id.ToString(), run.Id.ToString());

        Assert.Equal(service.Clock.GetUtcNow().AddDays(-400), found.CreatedAt);
        Assert.Equal(RunStatus.Cancelled, run.Status);
        Assert.StartsWith($"{export.Id}-Backfill-", backfill, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_start_of_the_window_only_seven_days_are_listed()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        foreach (var days in new[] { 1, 6, 8, 400 })
            service.AddScheduledRun(export, TimeSpan.FromDays(days));

        Assert.Equal(2, (await ListAsync(service, export, new RunQuery())).Count);
        Assert.Equal(4, (await ListAsync(service, export, new RunQuery { After = service.Clock.GetUtcNow().AddDays(-500) })).Count);
    }

    [Theory]
    [InlineData(0UL, ulong.MaxValue, 10)]
    [InlineData(0UL, 1UL, 1)]
    [InlineData(0UL, 100UL, 1)]
    [InlineData(0UL, 101UL, 2)]
    [InlineData(0UL, 1000UL, 10)]
    [InlineData(100UL, 100UL, 2)]
    [InlineData(99UL, 1UL, 1)]
    [InlineData(950UL, 100UL, 10)]
    [InlineData(0UL, 0UL, 0)]
    public async Task First_and_Skip_are_exact_over_ten_pages(ulong skip, ulong first, int requests)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        var made = Enumerable.Range(0, Runs)
            .Select(n => service.AddScheduledRun(export, TimeSpan.FromDays(30) + TimeSpan.FromMinutes(n)).Id.ToString())
            .ToArray();

        var query = new RunQuery { After = service.Clock.GetUtcNow().AddDays(-60) };
        var runs = await ListAsync(service, export, query, new Paging { Skip = skip, First = first });

        Assert.Equal(made.Skip((int)skip).Take((int)Math.Min(first, Runs)), runs.Select(run => run.RunId));
        Assert.Equal(requests, service.Requests.Count);
    }

    [Fact]
    public async Task First_is_exact_with_a_client_side_filter()
    {
        await using var service = await TestService.StartAsync(options => options with { OlderServer = true });
        var export = service.AddExport();
        for (var n = 0; n < 300; n++)
            service.AddScheduledRun(export, TimeSpan.FromMinutes(n), n % 2 == 0 ? "Failed" : RunStatus.Completed);

        var runs = await ListAsync(service, export, new RunQuery { Statuses = ["failed"] }, new Paging { First = 50 });

        Assert.Equal(50, runs.Count);
        Assert.All(runs, run => Assert.Equal("Failed", run.Status));
        Assert.Single(service.Requests);
    }

    [Theory]
    [InlineData("runs")]
    [InlineData("backfills")]
    [InlineData("exports")]
    public async Task A_repeated_page_is_an_error_after_the_items_before_it(string list)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport().Id.ToString();
        var path = list == "exports" ? "batch_exports/" : $"batch_exports/{export}/{list}/";
        var next = $"{service.Emulator.ApiOrigin}api/projects/12345/{path}?cursor=same";
        service.Break(new Fault
        {
            PathPattern = path,
            Times = 100,
            Status = 200,
            Body = $$"""{"next":"{{next}}","previous":null,"results":[{"id":"{{Guid.NewGuid()}}"}]}""",
        });
        var seen = 0;

        var failure = await Assert.ThrowsAsync<UnexpectedResponseException>(async () =>
        {
            await foreach (var _ in Items(service, list, export))
                seen++;
        });

        Assert.Contains("does not end", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, service.Requests.Count);
        Assert.Equal(1, seen);
    }

    [Theory]
    [InlineData(null, false, false, "after=2026-10-01T00:00:00Z&before=2026-10-08T12:00:00Z")]
    [InlineData(null, true, false, "ordering=-data_interval_start&start=2026-10-01T00:00:00Z&end=2026-10-08T12:00:00Z")]
    [InlineData("data_interval_start", true, false, "ordering=data_interval_start&start=2026-10-01T00:00:00Z&end=2026-10-08T12:00:00Z")]
    [InlineData(null, true, true, "ordering=-data_interval_start&start=2026-10-01T00:00:00Z&end=2026-10-08T12:00:00Z")]
    [InlineData("created_at", true, true, "ordering=created_at&after=2026-10-01T00:00:00Z&before=2026-10-08T12:00:00Z")]
    [InlineData("created_at", true, false, "ordering=created_at&after=1970-01-01T00:00:00Z")]
    [InlineData("data_interval_start", false, false, "ordering=data_interval_start&start=1970-01-01T00:00:00Z")]
    public async Task The_order_decides_which_window_the_server_is_given(string? order, bool byInterval, bool both, string query)
    {
        await using var service = await TestService.StartAsync();
        DateTimeOffset from = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero), to = new(2026, 10, 8, 12, 0, 0, TimeSpan.Zero);
        var asked = new RunQuery { OrderBy = order };
        if (byInterval)
            asked = asked with { IntervalStart = from, IntervalEnd = to };
        if (!byInterval || both)
            asked = asked with { After = from, Before = to };

        await ListAsync(service, service.AddExport(), asked);

        Assert.Equal(query, Uri.UnescapeDataString(Assert.Single(service.Requests).Query));
        Assert.False(asked.HasSilentWindow);
    }

    [Theory]
    [InlineData("created_at")]
    [InlineData("-data_interval_start")]
    [InlineData(null)]
    public async Task Both_windows_together_select_runs_inside_both(string? order)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport();
        foreach (var days in new[] { 10, 20, 30, 40 })
            service.AddScheduledRun(export, TimeSpan.FromDays(days));

        var runs = await ListAsync(service, export, new RunQuery
        {
            OrderBy = order,
            After = service.Clock.GetUtcNow().AddDays(-35),
            IntervalEnd = service.Clock.GetUtcNow().AddDays(-15),
        });

        Assert.Equal([20, 30], runs.Select(run => (service.Clock.GetUtcNow() - run.CreatedAt!.Value).Days).Order());
    }

    private static Task<List<BatchExportRun>> ListAsync(TestService service, StoredExport export, RunQuery query, Paging? paging = null) =>
        service.Client.In(service.Project).Runs.ListAsync(export.Id.ToString(), query, paging).ToListAsync();

    private static IAsyncEnumerable<object> Items(TestService service, string list, string export) => list switch
    {
        "runs" => service.Client.In(service.Project).Runs.ListAsync(export),
        "backfills" => service.Client.In(service.Project).Backfills.ListAsync(export),
        _ => service.Client.In(service.Project).Exports.ListAsync(),
    };
}
