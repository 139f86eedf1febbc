using System.Diagnostics;
using System.Globalization;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Processes that save the same file to the same folder at the same time. Some are killed, and sometimes the partial file is deleted.
/// With PSBATCHEXPORTS_LONG_TESTS=1 there are 500 races, else a sample.
/// </summary>
public class RaceTests(RaceTests.Service service) : IClassFixture<RaceTests.Service>
{
    private static readonly TimeSpan MaxRunTime = TimeSpan.FromSeconds(60);

    public static IEnumerable<TheoryDataRow<int>> Seeds()
    {
        var count = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1" ? 500 : 5;
        return Enumerable.Range(1, count).Select(seed => new TheoryDataRow<int>(seed));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_race_ends_with_the_right_bytes_or_with_no_file(int seed)
    {
        var random = new Random(seed);
        using var folder = new TestFolder();
        var target = Path.Combine(folder.Path, service.FileName);

        var racers = Enumerable.Range(0, random.Next(2, 5)).Select(_ =>
        {
            var delay = random.Next(300);
            int? killAfter = random.Next(2) == 0 ? random.Next(1200) : null;
            return RaceAsync(folder.Path, delay, killAfter, connections: random.Next(1, 5));
        }).ToList();
        if (random.Next(3) == 0)
            racers.Add(DeletePartialFilesAsync(folder.Path, random.Next(900), restart: random.Next(2) == 0));

        var outcomes = (await Task.WhenAll(racers)).Where(outcome => outcome is not null).ToList();

        var story = $"seed {seed}: {string.Join(" | ", outcomes)}";
        if (File.Exists(target))
            Assert.True(await HasRightBytesAsync(target), $"Wrong bytes, {story}");
        else
            Assert.False(outcomes.Any(outcome => outcome is "saved" or "present"), $"Said to be saved, and is not there, {story}");

        Assert.True(outcomes.All(IsExpected), $"Unexpected outcome, {story}");

        var last = await RaceAsync(folder.Path, delay: 0, killAfter: null, connections: 4);
        Assert.True(last is "saved" or "present", $"{last} after {story}");
        Assert.True(await HasRightBytesAsync(target), $"Wrong bytes in the end, {story}");
        Assert.Equal([service.FileName], folder.Entries);
    }

    private async Task<bool> HasRightBytesAsync(string path)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        return service.Content.AsSpan().SequenceEqual(bytes);
    }

    private static bool IsExpected(string? outcome) =>
        outcome is "saved" or "present" or "killed"
        || outcome!.StartsWith($"failed {FileSaveFailure.InUse}", StringComparison.Ordinal)
        || outcome.StartsWith($"failed {FileSaveFailure.Exists}", StringComparison.Ordinal)
        || outcome.Contains("was deleted or replaced by another program", StringComparison.Ordinal);

    /// <returns>The output of the process; "killed" if there was none.</returns>
    private async Task<string?> RaceAsync(string folder, int delay, int? killAfter, int connections)
    {
        await Task.Delay(delay);
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            service.Program, service.Emulator.ApiOrigin.ToString(), service.Emulator.ApiKey, service.Project,
            service.RunId, folder, connections.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(killAfter is { } instant ? TimeSpan.FromMilliseconds(instant) : MaxRunTime);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync();
            Assert.NotNull(killAfter);
        }

        var said = (await output).Trim();
        return said.Length > 0 ? said : killAfter is null ? $"failed {await errors}" : "killed";
    }

    private async Task<string?> DeletePartialFilesAsync(string folder, int delay, bool restart)
    {
        await Task.Delay(delay);
        foreach (var path in Directory.EnumerateFiles(folder, ".*partial*"))
            File.Delete(path);

        return restart ? await RaceAsync(folder, delay: 0, killAfter: null, connections: 2) : null;
    }

    /// <summary>An emulator with the real clock, slow enough for a race.</summary>
    public sealed class Service : IAsyncLifetime
    {
        internal EmulatorHost Emulator { get; private set; } = null!;

        internal string Program { get; } = Path.ChangeExtension(typeof(RaceTests).Assembly.Location, null)!
            .Replace("PSBatchExports.Core.Tests", "PSBatchExports.Saver", StringComparison.Ordinal) + ".dll";

        internal string Project => Emulator.Options.ProjectId.ToString(CultureInfo.InvariantCulture);

        internal string RunId { get; private set; } = "";

        internal string FileName { get; private set; } = "";

        internal byte[] Content { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            Emulator = await EmulatorHost.StartAsync(new EmulatorOptions { Exports = 0, EventsPerHour = 2000, BytesPerSecond = 1_000_000 });
            var run = new OnDemandRun
            {
                Id = Guid.NewGuid(),
                OnDemandId = Guid.NewGuid(),
                FileId = _ => new Guid("0195f1c2-0000-0000-0000-000000000001"),
                ProjectId = Emulator.Options.ProjectId,
                CreatedAt = DateTimeOffset.UtcNow,
                Duration = TimeSpan.Zero,
                Specification = new OnDemandSpecification
                {
                    Format = "JSONLines",
                    Start = DateTimeOffset.UtcNow.AddHours(-1),
                    End = DateTimeOffset.UtcNow,
                },
            };
            Emulator.State.AddOnDemandRun(run);
            RunId = run.Id.ToString();

            using var folder = new TestFolder();
            using var client = new BatchExportClient(TestService.OptionsFor(Emulator.ApiOrigin, Emulator.ApiKey, TimeProvider.System));
            var scope = ApiScope.Project(Project);
            var file = Assert.Single(await client.In(scope).Files.ListAsync(RunId));
            var described = await client.In(scope).Files.DescribeAsync(file);
            FileName = described.Name!;
            using var http = new HttpClient();
            Content = await http.GetByteArrayAsync(new Uri(described.Url!));
        }

        public ValueTask DisposeAsync() => Emulator.DisposeAsync();
    }
}
