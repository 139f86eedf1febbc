using PSBatchExports.Emulator;
using PSBatchExports.OnDemand;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>A completed run may list only some of its files for a while.</summary>
public class GrowingListTests
{
    private const int Sample = 20;
    private const int All = 200;
    private static readonly TimeSpan Growth = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

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

    private static async Task<string> StartAsync(TestService service, bool parts)
    {
        var day = service.Clock.GetUtcNow().AddDays(-2);
        var run = await service.Client.In(service.Project).OnDemandRuns.StartAsync(new OnDemandRunRequest
        {
            Model = "events",
            Format = "JSONLines",
            DataIntervalStart = day,
            DataIntervalEnd = day.AddHours(1),
            MaxFileSizeMB = parts ? 1 : 0,
        });
        return run.RunId!;
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

    private static async Task<List<SavedBatchExportFile>> SaveAsync(
        BatchExportClient client, TestService service, RunFileList list, TestFolder folder, bool verify = false)
    {
        var saved = new List<SavedBatchExportFile>();
        await foreach (var outcome in client.In(list.Scope).Files.SaveAsync(
            [new RunSelection(list)], new SaveOptions { Folder = folder.Path, Verify = verify }))
        {
            Assert.Null(outcome.Failure);
            saved.Add(outcome.Saved!);
        }

        return saved;
    }

    private static Task<RunFileList> CheckAsync(
        TestService service,
        RunFileList list,
        IReadOnlyCollection<SavedBatchExportFile> saved,
        Action? onWait = null,
        CancellationToken stop = default) =>
        service.Client.In(service.Project).Files.Lists.CheckAsync(list, saved, service.Clock.GetUtcNow(), onWait, stop);

    /// <summary>A list that the service keeps returning. The request for it is not counted.</summary>
    private static async Task<RunFileList> ListAsync(TestService service, int files)
    {
        service.Break(new Fault { Status = 200, PathPattern = "/file_download_batch_exports/[^/]+/$", Body = Answer(files), Times = 1000 });
        var list = await service.Client.In(service.Project).Files.ReadListAsync(service.AddRun().Id.ToString()).WithTimeout();
        service.Emulator.Requests.Clear();
        return list;
    }

    private static DateTimeOffset[] RequestTimes(TestService service, string runId) =>
        [.. service.Requests.Where(request => request.Path.EndsWith($"/{runId}/", StringComparison.Ordinal)).Select(request => request.At)];

    private static int RequestCount(TestService service, string runId) => RequestTimes(service, runId).Length;

    private static string Answer(int files)
    {
        var ids = string.Join(',', Enumerable.Range(0, files).Select(file => $"\"file-{file:00}\""));
        return $$"""{"status":"Completed","files":[{{ids}}],"records_completed":9}""";
    }

    private static SavedBatchExportFile[] Saved(RunFileList list, string numbers, long lastLength = 10) =>
        [.. list.Files.Zip(numbers.Split(' '), (file, number) => new SavedBatchExportFile
        {
            FullName = number,
            Name = number.Length > 0 ? $"export-{number}.jsonl" : "export.jsonl",
            Length = number == numbers.Split(' ')[^1] ? lastLength : 5_000_000,
            RunId = file.RunId,
            FileId = file.FileId,
            Index = file.Index,
        })];
}
