using PSBatchExports.OnDemand;
using Xunit;
using static PSBatchExports.Core.Tests.FileLists;

namespace PSBatchExports.Core.Tests;

/// <summary>When a list of files counts as complete.</summary>
public class ListSettlingTests
{
    [Fact]
    public async Task An_empty_run_needs_no_second_request()
    {
        await using var service = await TestService.StartAsync();
        service.Answer(Fixture.Text("retrieve-file-download.200.completed-empty"));

        var list = await service.Client.In(service.Project).Files.ReadListAsync(service.AddRun().Id.ToString()).WithTimeout();

        Assert.True(list.IsSettled);
        Assert.Empty((await service.Client.In(service.Project).Files.SettleAsync(list).WithTimeout()).Files);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_run_of_a_single_file_needs_no_second_request()
    {
        await using var service = await TestService.StartAsync();
        var runId = await StartAsync(service, parts: false);
        service.Clock.Advance(service.Emulator.Options.RunDuration);

        var list = await service.Client.In(service.Project).Files.ReadListAsync(runId).WithTimeout();

        Assert.True(list.IsSettled);
        Assert.True(Assert.Single(list.Files).IsOnly);
    }

    [Fact]
    public async Task A_run_with_rows_but_no_files_does_not_count_as_empty()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");
        service.Answer("""{"status":"Completed","files":[],"records_completed":7}""");

        var list = await service.Client.In(service.Project).Files.ReadListAsync(run.Id.ToString()).WithTimeout();
        var settled = await service.Clock.AdvanceUntilAsync(service.Client.In(service.Project).Files.SettleAsync(list), Step).WithTimeout();

        Assert.False(list.IsSettled);
        Assert.Single(settled.Files);
    }

    [Theory]
    [InlineData("0 1 3", 2)]
    [InlineData("1", 0)]
    [InlineData("2 10", 0)]
    public async Task A_gap_in_the_numbers_is_an_error_that_names_it(string numbers, int missing)
    {
        await using var service = await TestService.StartAsync();
        var list = await ListAsync(service, numbers.Split(' ').Length);

        var check = CheckAsync(service, list, Saved(list, numbers));
        var failure = await Assert.ThrowsAsync<FileListGrowingException>(() => service.Clock.AdvanceUntilAsync(
            check, TimeSpan.FromSeconds(20)).WithTimeout());

        Assert.Contains($"number {missing} is missing", failure.Message, StringComparison.Ordinal);
        Assert.InRange(service.Clock.GetUtcNow() - service.Clock.Start, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(12));
    }

    [Theory]
    [InlineData("0 1 2", 999_999, 0)]
    [InlineData("0", 999_999, 0)]
    [InlineData("", 999_999, 0)]
    [InlineData("0 1 2", 1_000_000, 1)]
    [InlineData("x y z", 10, 1)]
    [InlineData("0 1 x", 10, 1)]
    [InlineData("0 0 1", 10, 1)]
    public async Task The_saved_files_decide_whether_the_list_is_read_again(string numbers, long lastLength, int looks)
    {
        await using var service = await TestService.StartAsync();
        var list = await ListAsync(service, numbers.Split(' ').Length);

        var settled = await service.Clock.AdvanceUntilAsync(
            CheckAsync(service, list, Saved(list, numbers, lastLength)), TimeSpan.FromSeconds(20)).WithTimeout();

        Assert.True(settled.IsSettled);
        Assert.Equal(looks, service.Requests.Count);
    }

    [Fact]
    public async Task A_list_that_keeps_growing_is_an_error_that_tells_its_length()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");
        for (var count = 1; count <= 60; count++)
            service.Answer(Answer(count));

        var list = await service.Client.In(service.Project).Files.ReadListAsync(run.Id.ToString()).WithTimeout();
        var failure = await Assert.ThrowsAsync<FileListGrowingException>(() => service.Clock.AdvanceUntilAsync(
            service.Client.In(service.Project).Files.SettleAsync(list), Step).WithTimeout());

        Assert.Contains($"{service.Requests.Count} files so far", failure.Message, StringComparison.Ordinal);
        Assert.InRange(service.Clock.GetUtcNow() - service.Clock.Start, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(12));
    }

    [Fact]
    public async Task A_list_must_stay_the_same_for_as_long_as_it_grew()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");
        foreach (var count in new[] { 1, 2, 3, 3 })
            service.Answer(Answer(count));

        var list = await service.Client.In(service.Project).Files.ReadListAsync(run.Id.ToString()).WithTimeout();
        var settled = await service.Clock.AdvanceUntilAsync(service.Client.In(service.Project).Files.SettleAsync(list), Step).WithTimeout();

        Assert.Equal(3, settled.Files.Count);
        var times = service.Requests.Select(request => (request.At - service.Clock.Start).TotalSeconds).ToArray();
        Assert.InRange(times[1], 5, 6);
        Assert.InRange(times[2] - times[1], 5, 7);
        Assert.InRange(times[3] - times[2], times[2], times[2] + 2);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_for_a_list()
    {
        await using var service = await TestService.StartAsync();
        var list = await service.Client.In(service.Project).Files.ReadListAsync(service.AddRun("Completed").Id.ToString()).WithTimeout();
        using var stop = new CancellationTokenSource();
        var waits = 0;

        var settle = service.Client.In(service.Project).Files.SettleAsync(list, () => waits++, stop.Token);
        var check = CheckAsync(service, list, [], () => waits++, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => settle.WithTimeout());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check.WithTimeout());
        Assert.Equal((2, 1), (waits, service.Requests.Count));
    }

    [Fact]
    public async Task The_only_file_of_a_list_is_requested_by_id_until_the_list_is_settled()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        var list = await service.Client.In(service.Project).Files.ReadListAsync(service.AddRun("Completed").Id.ToString()).WithTimeout();

        await SaveAsync(service.Client, service, list, folder).WithTimeout();

        Assert.False(list.IsSettled);
        Assert.Contains(service.Requests, request => request.Path.EndsWith($"/download/{list.Files[0].FileId}/", StringComparison.Ordinal));
        Assert.True(Assert.Single((await service.Client.In(service.Project).Files.ReadListAsync(list.RunId).WithTimeout()).Files).IsOnly);
    }

    [Theory]
    [InlineData("2026-09-01T00:00:00+00:00-2026-09-02T00:00:00+00:00-0.parquet", 0)]
    [InlineData("2026-09-01T00-00-00+00-00-2026-09-02T00-00-00+00-00-12.jsonl.gz", 12)]
    [InlineData("export-3.parquet.zst", 3)]
    [InlineData("2026-09-01T00:00:00+00:00-2026-09-02T00:00:00+00:00.parquet", null)]
    [InlineData("2026-09-01T00-00-00+00-00-2026-09-02T00-00-00+00-00.jsonl", null)]
    [InlineData("events-2026-09-01.csv", null)]
    [InlineData("export-99999999999.parquet", null)]
    [InlineData("", null)]
    public void The_number_of_a_file_is_read_from_the_end_of_its_name(string name, int? number) =>
        Assert.Equal(number, PartOrder.Number(name));
}
