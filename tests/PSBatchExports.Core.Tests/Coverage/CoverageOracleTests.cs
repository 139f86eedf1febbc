using PSBatchExports.Coverage;
using Xunit;

namespace PSBatchExports.Core.Tests.Coverage;

/// <summary>The coverage of random histories equals that of the oracle. The long run has 10,000 for each combination.</summary>
public sealed class CoverageOracleTests
{
    private static readonly int Histories =
        Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1" ? 10_000 : 10;

    public static TheoryData<string, string> Schedules
    {
        get
        {
            var schedules = new TheoryData<string, string>();
            foreach (var zone in History.Zones)
            {
                foreach (var interval in History.AllIntervals)
                    schedules.Add(zone, interval);
            }

            return schedules;
        }
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public async Task Coverage_equals_that_of_the_oracle(string zone, string interval)
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var history = History.Random(new Random(seed), zone, interval);
            var expected = Expected(history);

            var actual = await ActualAsync(history);

            Assert.True(expected.SequenceEqual(actual), $"seed {seed}: {Difference(expected, actual)}");
        }
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public async Task A_change_of_one_run_changes_only_its_intervals(string zone, string interval)
    {
        for (var seed = 0; seed < Histories / 3; seed++)
        {
            var random = new Random(seed);
            var history = History.Random(random, zone, interval);
            if (history.Runs.Count == 0)
                continue;

            var index = random.Next(history.Runs.Count);
            var run = history.Runs[index];
            var status = new[] { "Completed", "Failed", "Cancelled", "Running" }[random.Next(4)];
            var mutant = history.With(history.Runs.Select((other, at) => at == index ? other with { Status = status } : other));

            var (before, after) = (await ActualAsync(history), await ActualAsync(mutant));

            Assert.Equal(Expected(mutant), after);
            var changed = before.Except(after).Concat(after.Except(before)).Select(line => line.Interval);
            var data = new TimeRange(run.DataIntervalStart!.Value, run.DataIntervalEnd!.Value);
            Assert.All(changed, range => Assert.True(range.Overlaps(data), $"seed {seed}: {range}"));
        }
    }

    private static List<(TimeRange Interval, string State)> Expected(History history)
    {
        var expected = new List<(TimeRange, string)>();
        foreach (var interval in CoverageOracle.Intervals(history))
        {
            if (CoverageOracle.StateOf(interval, history) is { } state)
                expected.Add((new TimeRange(interval.Start, interval.End), state));
        }

        return expected;
    }

    private static async Task<List<(TimeRange Interval, string State)>> ActualAsync(History history)
    {
        var export = history.Export;
        var schedule = ExportSchedule.Of(export);
        var rules = new CoverageRules(schedule, history.Now, CoverageRules.PauseOf(export, history.Now));
        var reader = new CoverageReader(schedule, rules)
        {
            ReadBackfills = _ => Task.FromResult<IReadOnlyList<BatchExportBackfill>>(history.Backfills),
        };
        var actual = new List<(TimeRange, string)>();
        await foreach (var interval in reader.ReadAsync(new TimeRange(history.After, history.Now), ByInterval(history.Runs), default))
            actual.Add((interval.Range, interval.State.ToString()));

        return actual;
    }

    private static async IAsyncEnumerable<BatchExportRun> ByInterval(IEnumerable<BatchExportRun> runs)
    {
        await Task.CompletedTask;
        foreach (var run in runs.OrderBy(run => run.DataIntervalStart))
            yield return run;
    }

    private static string Difference(List<(TimeRange Interval, string State)> expected, List<(TimeRange Interval, string State)> actual)
    {
        var lines = expected.Except(actual).Select(line => $"expected {line.Interval} {line.State}")
            .Concat(actual.Except(expected).Select(line => $"got {line.Interval} {line.State}"));
        return string.Join("; ", lines.Take(6));
    }
}
