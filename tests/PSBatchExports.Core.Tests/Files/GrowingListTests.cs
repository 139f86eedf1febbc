using PSBatchExports.Emulator;
using Xunit;
using static PSBatchExports.Core.Tests.FileLists;

namespace PSBatchExports.Core.Tests;

/// <summary>A completed run may list only some of its files for a while.</summary>
public class GrowingListTests
{
    private const int Sample = 20;
    private const int All = 200;
    private static readonly TimeSpan Growth = TimeSpan.FromSeconds(20);

    public static TheoryData<int> Seeds =>
        [.. Enumerable.Range(1, Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1" ? All : Sample)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_file_of_a_growing_list_is_saved_in_any_order(int seed)
    {
        await using var service = await StartServiceAsync(seed, eventsPerHour: 6000 + (seed % 7 * 900));
        using var folder = new TestFolder();
        var runId = await StartAsync(service, parts: true);
        service.Clock.Advance(service.Emulator.Options.RunDuration);
        // Another connection knows nothing about the run, not even its maximum file size.
        var client = seed % 2 == 0 ? service.Client : service.Connect(options => options);

        var saved = await service.Clock.AdvanceUntilAsync(
            SaveAsync(client, service, await FirstListAsync(client, service, runId), folder), Step).WithTimeout();

        service.Clock.Advance(Growth);
        var all = await client.In(service.Project).Files.ListAsync(runId);
        Assert.True(all.Count > 2);
        Assert.Equal(
            all.Select(file => file.FileId).Order(StringComparer.Ordinal),
            saved.Select(file => file.FileId).Order(StringComparer.Ordinal));
        Assert.Equal(all.Count, folder.Entries.Count());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Rows_of_a_growing_list_are_proven_and_no_file_is_renamed(int seed)
    {
        await using var service = await StartServiceAsync(seed, eventsPerHour: 9000);
        using var folder = new TestFolder();
        var runId = await StartAsync(service, parts: true);
        service.Clock.Advance(service.Emulator.Options.RunDuration);

        var list = await FirstListAsync(service.Client, service, runId);
        var save = SaveAsync(service.Client, service, list, folder, verify: true);
        var saved = await service.Clock.AdvanceUntilAsync(save, Step).WithTimeout();

        Assert.Equal(9000, saved.Sum(file => file.Records));
        Assert.All(saved, file => Assert.NotEqual(FileProof.Length, file.Proof));
        Assert.Equal(saved.Select(file => file.Name).Order(StringComparer.Ordinal), folder.Entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Missing_Parquet_rows_are_an_error_even_without_verification()
    {
        await using var service = await TestService.StartAsync(options => options with { EventsPerHour = 600 });
        using var folder = new TestFolder();
        var run = service.AddRun(
            "Completed",
            new OnDemandSpecification
            {
                Format = "Parquet",
                Start = service.Clock.GetUtcNow().AddHours(-2),
                End = service.Clock.GetUtcNow().AddHours(-1),
                MaxSizeMB = 1,
            });
        var list = await service.Client.In(service.Project).Files.ReadListAsync(run.Id.ToString());
        service.Break(new Fault
        {
            Status = 200,
            PathPattern = "/file_download_batch_exports/[^/]+/$",
            Body = $$"""{"status":"Completed","files":["{{list.Files[0].FileId}}"],"records_completed":601}""",
            Times = 1000,
        });
        service.Emulator.Requests.Clear();
        var read = await service.Connect(options => options).In(service.Project).Files.ReadListAsync(run.Id.ToString());

        var outcomes = await service.Clock.AdvanceUntilAsync(
            service.Client.In(service.Project).Files.SaveAsync(
                [new RunSelection(read)], new SaveOptions { Folder = folder.Path }).ToListAsync(), Step).WithTimeout();

        Assert.NotNull(outcomes[0].Saved);
        var failure = Assert.IsType<FileListGrowingException>(outcomes[1].Failure);
        Assert.Contains("fewer rows than the 601", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_keeps_changing_is_an_error_after_ten_minutes()
    {
        await using var service = await TestService.StartAsync();
        var list = await ListAsync(service, 2);
        service.Emulator.Faults.Clear();
        for (var round = 0; round < 200; round++)
            service.Answer(Answer(2 + (round % 2)));

        var begun = service.Clock.GetUtcNow();
        async Task<RunFileList> CheckForeverAsync()
        {
            for (var known = list; ;)
                known = await service.Client.In(service.Project).Files.Lists.CheckAsync(
                    known,
                    Saved(known, "x y z"[..((2 * known.Files.Count) - 1)]),
                    begun,
                    null,
                    CancellationToken.None);
        }

        await Assert.ThrowsAsync<FileListGrowingException>(() => service.Clock.AdvanceUntilAsync(
            CheckForeverAsync(), TimeSpan.FromSeconds(20)).WithTimeout());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Two_equal_answers_settle_an_awaited_list_and_saving_finds_later_files(int seed)
    {
        await using var service = await StartServiceAsync(seed, eventsPerHour: 9000);
        using var folder = new TestFolder();
        var runId = await StartAsync(service, parts: true);

        var outcome = Assert.Single(await service.Clock.AdvanceUntilAsync(
            new RunWaiter(service.Client, service.Clock).WaitAsync([new(service.Project, runId)]).ToListAsync(), Step).WithTimeout());
        var list = await service.Client.In(service.Project).Files.OpenListAsync(runId);
        Assert.Equal((true, outcome.Run!.Files!.Count), (list.IsSettled, list.Files.Count));
        var saved = await service.Clock.AdvanceUntilAsync(SaveAsync(service.Client, service, list, folder), Step).WithTimeout();

        service.Clock.Advance(Growth);
        var all = await service.Client.In(service.Project).Files.ListAsync(runId);
        Assert.Equal(
            all.Select(file => file.FileId).Order(StringComparer.Ordinal),
            saved.Select(file => file.FileId).Order(StringComparer.Ordinal));
        Assert.Equal(all.Count, folder.Entries.Count());
    }

    [Fact]
    public async Task Files_that_prove_their_list_complete_cost_no_further_request()
    {
        await using var service = await TestService.StartAsync(options => options with { EventsPerHour = 6000 });
        using var folder = new TestFolder();
        var runId = await StartAsync(service, parts: true);
        service.Clock.Advance(service.Emulator.Options.RunDuration);
        service.Emulator.Requests.Clear();

        var saved = await SaveAsync(
            service.Client,
            service,
            await service.Client.In(service.Project).Files.OpenListAsync(runId),
            folder).WithTimeout();

        Assert.True(saved.Count > 2);
        Assert.Equal(1, RequestCount(service, runId));
    }

    [Fact]
    public async Task Files_that_prove_nothing_cost_one_request_and_the_download_time_counts()
    {
        await using var service = await TestService.StartAsync(options => options with { EventsPerHour = 2500 });
        using var folder = new TestFolder();
        var runId = await StartAsync(service, parts: false);
        service.Clock.Advance(service.Emulator.Options.RunDuration);
        var stranger = service.Connect(options => options);
        service.Emulator.Requests.Clear();

        var list = await stranger.In(service.Project).Files.OpenListAsync(runId);
        var read = service.Clock.GetUtcNow();
        service.Clock.Advance(TimeSpan.FromSeconds(15));
        var saved = await service.Clock.AdvanceUntilAsync(SaveAsync(stranger, service, list, folder), Step).WithTimeout();

        Assert.True(Assert.Single(saved).Length > 1_000_000);
        Assert.Equal(2, RequestCount(service, runId));
        Assert.InRange(RequestTimes(service, runId)[1] - read, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task Waiting_and_saving_settle_a_list_only_once()
    {
        await using var service = await TestService.StartAsync(options => options with { EventsPerHour = 6000 });
        using var folder = new TestFolder();
        var runId = await StartAsync(service, parts: true);
        service.Clock.Advance(service.Emulator.Options.RunDuration);
        service.Clock.Advance(TimeSpan.FromSeconds(10));
        service.Emulator.Requests.Clear();

        var waited = await service.Clock.AdvanceUntilAsync(
            new RunWaiter(service.Client, service.Clock).WaitAsync([new(service.Project, runId)]).ToListAsync(), Step).WithTimeout();
        var list = await service.Client.In(service.Project).Files.OpenListAsync(runId);
        await service.Clock.AdvanceUntilAsync(SaveAsync(service.Client, service, list, folder), Step).WithTimeout();
        Assert.Equal(2, RequestCount(service, runId));

        await service.Clock.AdvanceUntilAsync(
            new RunWaiter(service.Client, service.Clock).WaitAsync([new(service.Project, runId)]).ToListAsync(), Step).WithTimeout();
        var files = service.Client.In(service.Project).Files;
        var listed = await files.SettleAsync(await files.ReadListAsync(runId)).WithTimeout();
        Assert.Equal(4, RequestCount(service, runId));
        Assert.Equal(
            Assert.Single(waited).Run!.Files!.Order(StringComparer.Ordinal),
            listed.Files.Select(file => file.FileId).Order(StringComparer.Ordinal));
    }

    private static async Task<RunFileList> FirstListAsync(BatchExportClient client, TestService service, string runId)
    {
        while (true)
        {
            try
            {
                return await client.In(service.Project).Files.OpenListAsync(runId);
            }
            catch (RunNotReadyException)
            {
                service.Clock.Advance(Step);
            }
        }
    }

    private static Task<TestService> StartServiceAsync(int seed, int eventsPerHour) =>
        TestService.StartAsync(options => options with { Seed = seed, EventsPerHour = eventsPerHour, ListDuration = Growth });

    private static DateTimeOffset[] RequestTimes(TestService service, string runId) =>
        [.. service.Requests.Where(request => request.Path.EndsWith($"/{runId}/", StringComparison.Ordinal)).Select(request => request.At)];

    private static int RequestCount(TestService service, string runId) => RequestTimes(service, runId).Length;
}
