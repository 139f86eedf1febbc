using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using PSBatchExports.Emulator;
using PSBatchExports.Ledger;
using Xunit;

namespace PSBatchExports.Core.Tests.Ranges;

/// <summary>
/// Processes that save a range and are killed at random instants, some right after a request for a run has arrived, until one of them comes
/// to the end. Answers are lost as well, and some days are too large for one run. The long run has a year and 100 kills.
/// </summary>
public sealed class KilledRangeTests(ITestOutputHelper output)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1";
    private static readonly (int Kills, int Days, int Runs) Size = IsLong ? (100, 365, 20) : (2, 12, 10);
    private static readonly DateTimeOffset Start = new(2025, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Each_row_is_paid_for_and_saved_exactly_once()
    {
        var random = new Random(16);
        using var folder = new TestFolder();
        await using var emulator = await EmulatorHost.StartAsync(new EmulatorOptions
        {
            Exports = 0,
            EventsPerHour = 2,
            RunDuration = TimeSpan.FromMilliseconds(300),
            BusyDays = IsLong ? 3 : 10,
            Latency = TimeSpan.FromMilliseconds(20),
        });

        for (var kills = 0; kills < Size.Kills; kills++)
        {
            emulator.Faults.Add(new Fault { Method = "POST", Skip = random.Next(8), ResetAfterProcessing = true });
            using var process = StartProcess(emulator, folder.Path);
            await KillAsync(process, emulator, random);
            LedgerReader.Read(Path.Combine(folder.Path, LedgerReader.FileName));
        }

        using var last = StartProcess(emulator, folder.Path);
        var text = await last.StandardOutput.ReadToEndAsync();
        await last.WaitForExitAsync();

        Assert.True(last.ExitCode == 0, text);
        AssertWhole(emulator, folder.Path);
    }

    private void AssertWhole(EmulatorHost emulator, string folder)
    {
        var windows = LedgerReader.Read(Path.Combine(folder, LedgerReader.FileName)).Windows;
        Assert.All(windows, window => Assert.Equal(LedgerState.Saved, window.State));

        var runs = emulator.State.OnDemandRuns;
        var paid = runs.Where(run => run.StatusAt(DateTimeOffset.UtcNow) == RunStatus.Completed)
            .Select(run => (run.Specification.Start!.Value, run.Specification.End!.Value))
            .Order();
        Assert.Equal(windows.Select(window => (window.Start, window.End)), paid);

        var rows = new HashSet<string>();
        foreach (var window in windows)
        {
            var lines = window.Files.SelectMany(file => ReadVerified(Path.Combine(window.FullName!, file.Name), file.Sha256)).ToList();
            Assert.Equal(window.Records, lines.Count);
            Assert.Equal(window.Files.Count, Directory.EnumerateFileSystemEntries(window.FullName!).Count());
            Assert.All(lines, line => Assert.True(rows.Add(IdOf(line)), "A row is there twice."));
        }

        Assert.False(Directory.Exists(Path.Combine(folder, ".incoming")));
        var splits = windows.Count - Size.Days;
        output.WriteLine(FormattableString.Invariant(
            $"{Size.Kills} kills: {runs.Count} runs, {windows.Count} windows of which {splits} by splits, {rows.Count} rows."));
    }

    private static IEnumerable<string> ReadVerified(string path, string sha256)
    {
        var content = File.ReadAllBytes(path);
        Assert.Equal(sha256, Convert.ToHexString(SHA256.HashData(content)), ignoreCase: true);
        return File.ReadLines(path);
    }

    private static string IdOf(string line)
    {
        using var row = JsonDocument.Parse(line);
        return row.RootElement.GetProperty("uuid").GetString()!;
    }

    private static async Task KillAsync(Process process, EmulatorHost emulator, Random random)
    {
        var posts = CountPosts(emulator) + random.Next(1, 6);
        var latest = TimeSpan.FromMilliseconds(random.Next(2) == 0 ? random.Next(100, 2500) : 5000);
        var started = Stopwatch.GetTimestamp();
        while (!process.HasExited && Stopwatch.GetElapsedTime(started) < latest && CountPosts(emulator) < posts)
            await Task.Delay(1);

        process.Kill();
        await process.WaitForExitAsync();
    }

    private static int CountPosts(EmulatorHost emulator) => emulator.State.OnDemandRuns.Count;

    private static Process StartProcess(EmulatorHost emulator, string folder)
    {
        var program = typeof(KilledRangeTests).Assembly.Location
            .Replace("PSBatchExports.Core.Tests", "PSBatchExports.Saver", StringComparison.Ordinal);
        string[] arguments =
        [
            program,
            "range",
            emulator.ApiOrigin.ToString(),
            emulator.ApiKey,
            emulator.Options.ProjectId.ToString(CultureInfo.InvariantCulture),
            folder,
            Start.ToString("o", CultureInfo.InvariantCulture),
            Size.Days.ToString(CultureInfo.InvariantCulture),
            Size.Runs.ToString(CultureInfo.InvariantCulture),
        ];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
    }
}
