using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Starts runs and reads their lists of files.</summary>
internal static class FileLists
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    public static async Task<string> StartAsync(TestService service, bool parts)
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

    public static async Task<List<SavedBatchExportFile>> SaveAsync(
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

    public static Task<RunFileList> CheckAsync(
        TestService service,
        RunFileList list,
        IReadOnlyCollection<SavedBatchExportFile> saved,
        Action? onWait = null,
        CancellationToken stop = default) =>
        service.Client.In(service.Project).Files.Lists.CheckAsync(list, saved, service.Clock.GetUtcNow(), onWait, stop);

    /// <summary>A list that the service keeps returning. The request for it is not counted.</summary>
    public static async Task<RunFileList> ListAsync(TestService service, int files)
    {
        service.Break(new Fault { Status = 200, PathPattern = "/file_download_batch_exports/[^/]+/$", Body = Answer(files), Times = 1000 });
        var list = await service.Client.In(service.Project).Files.ReadListAsync(service.AddRun().Id.ToString()).WithTimeout();
        service.Emulator.Requests.Clear();
        return list;
    }

    public static string Answer(int files)
    {
        var ids = string.Join(',', Enumerable.Range(0, files).Select(file => $"\"file-{file:00}\""));
        return $$"""{"status":"Completed","files":[{{ids}}],"records_completed":9}""";
    }

    public static SavedBatchExportFile[] Saved(RunFileList list, string numbers, long lastLength = 10) =>
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
