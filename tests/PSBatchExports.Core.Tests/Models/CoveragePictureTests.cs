using System.Globalization;
using System.Text.RegularExpressions;
using PSBatchExports.Models;
using Xunit;

namespace PSBatchExports.Core.Tests.Models;

/// <summary>The pictures of coverage, as text without color in Pictures. PSBATCHEXPORTS_UPDATE_SNAPSHOTS=1 writes them anew.</summary>
public sealed partial class CoveragePictureTests
{
    [Theory]
    [InlineData("hours", "hour", 80)]
    [InlineData("hours", "hour", 200)]
    [InlineData("days", "day", 80)]
    [InlineData("weeks", "week", 120)]
    [InlineData("five-minutes", "every 5 minutes", 80)]
    [InlineData("five-minutes", "every 5 minutes", 120)]
    [InlineData("five-minutes", "every 5 minutes", 200)]
    [InlineData("all-states", "hour", 80)]
    public void A_picture_looks_like_its_snapshot(string name, string interval, int width)
    {
        var colored = CoveragePicture.Draw(Timeline(name, interval), width);
        var plain = Escape().Replace(colored, "");

        Assert.True(plain.Split('\n').Max(line => line.Length) <= width);
        Assert.NotEqual(colored, plain);
        AssertSnapshot($"{name}-{width}.txt", plain);
    }

    [Fact]
    public void Nothing_is_drawn_of_nothing() => Assert.Equal("", CoveragePicture.Draw(new CoverageTimeline("hour", []), 80));

    [Fact]
    public void A_terminal_of_unknown_width_gets_eighty_columns() =>
        Assert.Equal(CoveragePicture.Draw(Timeline("hours", "hour"), 80), CoveragePicture.Draw(Timeline("hours", "hour"), 0));

    private static CoverageTimeline Timeline(string name, string interval)
    {
        var (start, length, text) = name switch
        {
            "hours" => (
                "2026-10-30T21:00Z",
                TimeSpan.FromHours(1),
                Repeat("C", 400) + "MMMMM" + Repeat("C", 100) + "FF" + Repeat("CCCCCCFC", 20) + "R"),
            "days" => (
                "2026-09-01T03:00Z",
                TimeSpan.FromDays(1),
                Repeat("C", 40) + "PPPP" + Repeat("C", 20) + "FEC" + Repeat("C", 20) + "L"),
            "weeks" => ("2025-11-02T00:00Z", TimeSpan.FromDays(7), Repeat("C", 30) + "MM" + Repeat("C", 20) + "D"),
            "five-minutes" => (
                "2026-11-28T06:00Z",
                TimeSpan.FromMinutes(5),
                Repeat("C", 300) + "M" + Repeat("C", 200) + "FFF" + Repeat("C", 150) + "RR"),
            _ => ("2026-11-29T00:00Z", TimeSpan.FromHours(1), "CCEEDDPPFFMMRRLL"),
        };
        var first = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture);
        return new CoverageTimeline(interval, [.. Stretches(first, length, text)]);
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static IEnumerable<BatchExportCoverage> Stretches(DateTimeOffset start, TimeSpan length, string text)
    {
        for (var index = 0; index < text.Length;)
        {
            var end = index;
            while (end < text.Length && text[end] == text[index])
                end++;

            yield return new BatchExportCoverage
            {
                BatchExportId = "id",
                Start = start + (length * index),
                End = start + (length * end),
                Intervals = end - index,
                State = StateOf(text[index]),
            };
            index = end;
        }
    }

    private static string StateOf(char letter) => letter switch
    {
        'C' => BatchExportCoverageState.Covered,
        'E' => BatchExportCoverageState.Empty,
        'D' => BatchExportCoverageState.Repeated,
        'P' => BatchExportCoverageState.Paused,
        'F' => BatchExportCoverageState.Failed,
        'M' => BatchExportCoverageState.Missing,
        'R' => BatchExportCoverageState.Running,
        _ => BatchExportCoverageState.Late,
    };

    private static void AssertSnapshot(string file, string actual)
    {
        var path = Path.Combine(Repository.Root, "tests", "PSBatchExports.Core.Tests", "Models", "Pictures", file);
        if (Environment.GetEnvironmentVariable("PSBATCHEXPORTS_UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(path, actual + "\n");

        Assert.Equal(File.ReadAllText(path).TrimEnd(), actual);
    }

    [GeneratedRegex("\e\\[\\d*m", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escape();
}
