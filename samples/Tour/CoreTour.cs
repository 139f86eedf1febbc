using System.Security;
using PSBatchExports.Emulator;

namespace PSBatchExports.Tour;

/// <summary>The same steps through the core library, for machines without PowerShell.</summary>
internal static class CoreTour
{
    public static async Task<int> RunAsync(EmulatorHost emulator, string folder)
    {
        Console.WriteLine("pwsh is not on PATH: the tour does the same steps through PSBatchExports.Core instead of the cmdlets.");
        using var key = Secret(emulator.ApiKey);
        using var client = new BatchExportClient(new BatchExportClientOptions { ApiHost = emulator.ApiOrigin, ApiKey = key });
        var project = ApiScope.Project(FormattableString.Invariant($"{emulator.Options.ProjectId}"));

        Step("Look at the exports");
        await foreach (var export in client.Exports.ListAsync(project))
            Console.WriteLine($"{export.Name,-24} {export.Status,-8} {export.Interval,-8} {export.Model,-9} {export.Destination}");

        await ChangeOneAsync(client, project);

        Step("Read the log of one that fails");
        await foreach (var export in client.Exports.ListAsync(project, filter: export => export.Status == "Failing"))
        {
            await foreach (var entry in client.Logs.ReadAsync(LogSource.Export(project, export.Id!), new LogQuery { Levels = ["ERROR"] }, new Paging { First = 3 }))
                Console.WriteLine(entry);
        }

        return await ExportOnDemandAsync(client, project, folder);
    }

    private static async Task ChangeOneAsync(BatchExportClient client, ApiScope project)
    {
        Step("Make one, change it, pause it, resume it, remove it");
        var config = new Dictionary<string, object?> { ["bucket_name"] = "tour", ["region"] = "eu-central-1", ["prefix"] = "posthog/" };
        var export = await client.Exports.CreateAsync(project, new BatchExportFields
        {
            Name = "tour",
            Interval = "hour",
            Destination = BatchExportDestination.Create("AwsS3", config, 731),
        });
        Show(await client.Exports.UpdateAsync(project, export.Id!, new BatchExportFields { Interval = "day", OffsetHour = 3, TimeZone = "Europe/Berlin" }));
        await client.Exports.PauseAsync(project, export.Id!);
        Show(await client.Exports.GetAsync(project, export.Id!));
        await client.Exports.ResumeAsync(project, export.Id!);
        Show(await client.Exports.GetAsync(project, export.Id!));
        await client.Exports.DeleteAsync(project, export.Id!);
    }

    private static async Task<int> ExportOnDemandAsync(BatchExportClient client, ApiScope project, string folder)
    {
        Step("Export a day on demand, wait for it, save the files");
        var start = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var started = await client.OnDemandRuns.StartAsync(project, new OnDemandRunRequest
        {
            Model = "events",
            DataIntervalStart = start,
            DataIntervalEnd = start.AddDays(1),
            Format = "JSONLines",
        });
        await foreach (var outcome in new RunWaiter(client, TimeProvider.System).WaitAsync([new RunReference(project, started.RunId!)], TimeSpan.FromMinutes(1)))
            Console.WriteLine($"Run {started.RunId} is {outcome.Run?.Status}; the service exported {outcome.Run?.RecordsCompleted} events.");

        var files = await client.Files.ListAsync(project, started.RunId!);
        await foreach (var outcome in client.Files.SaveAsync([.. files.Select(file => (project, file))], new SaveOptions { Folder = folder }))
        {
            if (outcome.Saved is not { } saved)
            {
                await Console.Error.WriteLineAsync(outcome.Failure!.Message);
                return 1;
            }

            Console.WriteLine($"{saved.Name}, {saved.Length} bytes");
        }

        return 0;
    }

    private static void Show(BatchExport export) =>
        Console.WriteLine($"{export.Name} is {export.Status}: every {export.Interval}, at hour {export.OffsetHour} of {export.TimeZone}");

    private static void Step(string text) => Console.WriteLine($"\n--- {text}");

    private static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
            secret.AppendChar(character);

        secret.MakeReadOnly();
        return secret;
    }
}
