using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Saves the files of runs.</summary>
internal static class Saves
{
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(30);

    public static readonly Fault OnStorage = new() { Origin = Fault.Storage };

    public static Task<SaveOutcome> SaveAsync(
        TestService service,
        BatchExportClient client,
        TestFolder folder,
        OnDemandRun run,
        bool overwrite = false,
        bool stalls = false) =>
        SaveAsync(service, client, folder.Path, run, overwrite, stalls);

    public static async Task<SaveOutcome> SaveAsync(
        TestService service,
        BatchExportClient client,
        string folder,
        OnDemandRun run,
        bool overwrite = false,
        bool stalls = false)
    {
        var files = await client.In(service.Project).Files.ListAsync(run.Id.ToString());
        var work = client.In(service.Project).Files.SaveAsync(
            [files[0]], new SaveOptions { Folder = folder, Overwrite = overwrite }).ToListAsync();
        for (var stalled = 0; stalls && await Task.WhenAny(work, Task.Delay(50)) != work;)
        {
            if (service.StorageRequests.Count <= stalled)
                continue;

            stalled++;
            service.Clock.Advance(StallLimit);
        }

        return Assert.Single(await work);
    }

    public static int Lines(string path) => File.ReadLines(path).Count();

    public static Fault Storage(string fixture) => Fixture.AsAnswer(fixture + ".http") with { Origin = Fault.Storage };
}
