using Xunit;

namespace PSBatchExports.Core.Tests;

public class ListTests
{
    [Fact]
    public async Task Files_are_selected_by_index_and_by_id_without_repetition()
    {
        await using var service = await TestService.StartAsync(options => options with { EventsPerHour = 5000 });
        var runId = await CompletedRunAsync(service);
        var all = await service.Client.In(service.Project).Files.ListAsync(runId);

        var some = await service.Client.In(service.Project).Files.ListAsync(runId, ["1", all[0].FileId.ToUpperInvariant(), all[1].FileId]);

        Assert.True(all.Count > 2);
        Assert.Equal(Enumerable.Range(0, all.Count), all.Select(file => file.Index));
        Assert.Equal([all[1], all[0]], some);
    }

    [Theory]
    [InlineData("99")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    [InlineData("0199c6f3-0000-0000-0000-000000000000")]
    [InlineData("../0")]
    [InlineData("")]
    public async Task An_unknown_file_is_an_error_that_names_the_known_ones(string part)
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");

        var files = service.Client.In(service.Project).Files;
        var failure = await Assert.ThrowsAsync<FilePartException>(() => files.ListAsync(run.Id.ToString(), ["0", part]).WithTimeout());

        Assert.Equal(part, failure.Part);
        Assert.Contains("1 file", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Starting", "is still Starting")]
    [InlineData("Running", "is still Running")]
    [InlineData("Cancelled", "ended as Cancelled")]
    [InlineData("Failed", "ended as Failed")]
    [InlineData("SomethingNew", "ended as SomethingNew")]
    public async Task A_run_without_files_is_an_error_that_says_why(string status, string reason)
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun(status);

        var files = service.Client.In(service.Project).Files;
        var failure = await Assert.ThrowsAsync<RunNotReadyException>(() => files.ListAsync(run.Id.ToString()).WithTimeout());

        Assert.Equal(status, failure.Run.Status);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_run_is_an_error_with_its_cause()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun();
        run.Force("Failed", "Out of \u001b[31m memory");

        var files = service.Client.In(service.Project).Files;
        var failure = await Assert.ThrowsAsync<RunNotReadyException>(() => files.ListAsync(run.Id.ToString()).WithTimeout());

        Assert.EndsWith("Out of \ufffd[31m memory", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_exported_nothing_has_an_empty_list()
    {
        await using var service = await TestService.StartAsync();
        service.Answer(Fixture.Text("retrieve-file-download.200.completed-empty"));

        Assert.Empty(await service.Client.In(service.Project).Files.ListAsync(service.AddRun().Id.ToString()));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a.b")]
    [InlineData("")]
    [InlineData("%2e%2e")]
    [InlineData("a?b")]
    public async Task An_invalid_id_is_not_sent(string id)
    {
        await using var service = await TestService.StartAsync();

        await Assert.ThrowsAsync<InvalidIdException>(() => service.Client.In(service.Project).Files.ListAsync(id).WithTimeout());
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task Describing_a_file_requests_one_byte()
    {
        await using var service = await TestService.StartAsync();
        var file = Assert.Single(await service.Client.In(service.Project).Files.ListAsync(service.AddRun("Completed").Id.ToString()));

        var described = await service.Client.In(service.Project).Files.DescribeAsync(file).WithTimeout();

        Assert.Equal("2026-10-07T12-00-00+00-00-2026-10-07T13-00-00+00-00-0.jsonl", described.Name);
        Assert.True(described.Length > 1000);
        Assert.Equal(service.Clock.Start.AddHours(1), described.ExpiresAt);
        Assert.Equal(("bytes=0-0", 206), (Assert.Single(service.StorageRequests).Headers["Range"], service.StorageRequests[0].StatusCode));
        Assert.Equal(new Uri(described.Url!).Query.TrimStart('?'), service.StorageRequests[0].Query);
        Assert.DoesNotContain("Amz", described.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> CompletedRunAsync(TestService service)
    {
        var newRun = Calls.NewRun(service.Clock.GetUtcNow()) with { MaxFileSizeMB = 1 };
        var run = await service.Client.In(service.Project).OnDemandRuns.StartAsync(newRun);
        Assert.Single(service.Emulator.State.OnDemandRuns).Force("Completed");
        return run.RunId!;
    }
}
