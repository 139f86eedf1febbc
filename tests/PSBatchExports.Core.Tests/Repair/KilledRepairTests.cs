using PSBatchExports.Core.Tests.Coverage;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests.Repair;

/// <summary>
/// Repairs that end at any request, as if their process was killed, and are called again until nothing is missing. The long run has 200.
/// </summary>
public sealed class KilledRepairTests
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1" ? 200 : 12;

    private const int MaxCalls = 200;

    [Fact]
    public async Task No_interval_is_filled_twice_and_none_is_left()
    {
        var random = new Random(15);
        for (var kills = 0; kills < Kills;)
        {
            await using var service = await TestService.StartAsync();
            var export = service.AddExportWithHistory("CMMCFCMMMCXCCMCFFCMCC", TimeSpan.FromHours(1));
            service.Clock.Advance(TimeSpan.FromMinutes(20));
            for (var calls = 1; await RepairOnceAsync(service, export, random); calls++, kills++)
            {
                AssertNothingTwice(service, export);
                Assert.True(calls < MaxCalls, "The repair does not come to an end.");
            }

            AssertNothingTwice(service, export);
            Assert.Equal(21, service.Emulator.State.RunsOf(export.Id).Count(run => run.Status == "Completed"));
        }
    }

    // Whether the repair was killed, or there was something to do or to wait for.
    private static async Task<bool> RepairOnceAsync(TestService service, StoredExport export, Random random)
    {
        var client = service.Connect(options => options);
        var api = client.In(service.Project);
        var after = service.Clock.GetUtcNow().AddDays(-2);
        var gaps = await api.Coverage.FindGapsAsync(await api.Exports.GetAsync(export.Id.ToString()), after);
        using var kill = new CancellationTokenSource();
        var last = service.Observer.Sent.Count + random.Next(1, 25);
        service.Observer.BeforeRequest = number =>
        {
            if (number == last)
                kill.Cancel();
        };
        if (random.Next(4) == 0)
            service.Break(new Fault { Method = "POST", ResetAfterProcessing = true });

        var repair = new GapRepair(client, service.Clock);
        var work = RepairAsync();
        await service.Clock.AdvanceUntilAsync(work, TimeSpan.FromMilliseconds(500));
        service.Observer.BeforeRequest = _ => { };
        if (!await work)
            return true;

        var coverage = await api.Coverage.GetAsync(await api.Exports.GetAsync(export.Id.ToString()), after);
        return coverage.Any(stretch => stretch.State != BatchExportCoverageState.Covered);

        async Task<bool> RepairAsync()
        {
            try
            {
                if (gaps.Count == 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), service.Clock);
                    return true;
                }

                var plan = await repair.PlanAsync(service.Project, gaps, new GapRepairOptions(), kill.Token);
                await foreach (var _ in repair.RunAsync([plan], new GapRepairOptions(), cancellationToken: kill.Token))
                {
                }

                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    private static void AssertNothingTwice(TestService service, StoredExport export) => Assert.Empty(
        service.Emulator.State.RunsOf(export.Id)
            .Where(run => run.Status == "Completed")
            .GroupBy(run => run.DataIntervalEnd)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key));
}
