using System.Security;
using PSBatchExports.Emulator;

namespace PSBatchExports.Readers.Tests;

/// <summary>A run that was exported by an emulator of its own, with its files in a folder.</summary>
internal sealed class EmulatedRun : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("psbatchexports-readers-");

    private EmulatedRun()
    {
    }

    /// <summary>The rows that the service says it exported.</summary>
    public long Records { get; private set; }

    /// <summary>The files, in the order of their numbers.</summary>
    public IReadOnlyList<SavedBatchExportFile> Files { get; private set; } = [];

    public IReadOnlyList<string> Paths => [.. Files.Select(file => file.FullName)];

    public static async Task<EmulatedRun> SaveAsync(OnDemandRunRequest request, int eventsPerHour = 2000, string subfolder = "")
    {
        await using var emulator = await EmulatorHost.StartAsync(new EmulatorOptions
        {
            Exports = 0,
            EventsPerHour = eventsPerHour,
            RunDuration = TimeSpan.Zero,
        });
        using var client = new BatchExportClient(new BatchExportClientOptions
        {
            ApiHost = emulator.ApiOrigin,
            ApiKey = Key(emulator.ApiKey),
        });
        var project = ApiScope.Project($"{emulator.Options.ProjectId}");
        var runId = (await client.In(project).OnDemandRuns.StartAsync(request)).RunId!;
        var waiter = new RunWaiter(client, TimeProvider.System);
        var saved = new EmulatedRun();
        await foreach (var end in waiter.WaitAsync([new RunReference(project, runId)], interval: TimeSpan.FromMilliseconds(200)))
            saved.Records = end.Run!.RecordsCompleted!.Value;

        var files = await client.In(project).Files.ListAsync(runId);
        var options = new SaveOptions { Folder = Path.Combine(saved._folder.FullName, subfolder), Verify = true };
        var all = new List<SavedBatchExportFile>();
        await foreach (var outcome in client.In(project).Files.SaveAsync(files, options))
        {
            if (outcome.Failure is { } failure)
                throw new InvalidOperationException(failure.Message, failure);

            all.Add(outcome.Saved!);
        }

        saved.Files = all;

        return saved;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static SecureString Key(string text)
    {
        var key = new SecureString();
        foreach (var character in text)
            key.AppendChar(character);

        return key;
    }
}
