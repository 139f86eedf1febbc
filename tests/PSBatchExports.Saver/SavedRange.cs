using System.Globalization;
using System.Net;

namespace PSBatchExports.Saver;

/// <summary>Saves days of events, as a process that tests kill.</summary>
internal static class SavedRange
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var origin, var key, var project, var folder, var start, var days, var runs])
        {
            await Console.Error.WriteLineAsync("usage: range <origin> <key> <project> <folder> <start> <days> <runs>");
            return 2;
        }

        using var client = new BatchExportClient(new BatchExportClientOptions
        {
            ApiHost = new Uri(origin),
            ApiKey = new NetworkCredential("", key).SecurePassword,
            MaximumRetryDelay = TimeSpan.FromMilliseconds(50),
        });
        var first = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture);
        var options = new RangeSaveOptions
        {
            Folder = folder,
            Settings = new OnDemandRunRequest { Model = "events", Format = "JSONLines" },
            Range = new TimeRange(first, first.AddDays(int.Parse(days, CultureInfo.InvariantCulture))),
            MaximumRuns = int.Parse(runs, CultureInfo.InvariantCulture),
        };
        var failed = 0;
        await foreach (var outcome in new RangeSaver(client, TimeProvider.System).SaveAsync(ApiScope.Project(project), options))
        {
            if (outcome.Saved is not null)
                continue;

            failed++;
            Console.WriteLine($"{outcome.Window}: {outcome.Problem} {outcome.Window.Error} {outcome.Failure?.Message}");
        }

        return failed == 0 ? 0 : 1;
    }
}
