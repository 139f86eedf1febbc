using PSBatchExports.Core.Tests.Coverage;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests.Repair;

public sealed class GapRepairTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task One_interval_goes_first_and_neighbors_are_one_backfill()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory("CCMMMCCFCCCXXC", Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));

        var outcomes = await RepairAsync(service, export);

        Assert.All(outcomes, outcome => Assert.Equal(RepairProblem.None, outcome.Problem));
        Assert.Equal([1, 2, 1, 2], outcomes.OrderBy(outcome => outcome.Range.Range.Start).Select(outcome => outcome.Range.Intervals));
        Assert.Equal([true, false, false, false], outcomes.Select(outcome => outcome.Range.IsCanary));
        Assert.Equal(4, service.Requests.Count(request => request.Method == "POST"));
        Assert.Empty(await GapsAsync(service, export));
    }

    [Fact]
    public async Task Gaps_that_were_filled_meanwhile_are_not_filled_again()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory("CCMMCC", Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));
        var gaps = await GapsAsync(service, export);
        await RepairAsync(service, export);

        var plan = await new GapRepair(service.Client, service.Clock).PlanAsync(service.Project, gaps, new GapRepairOptions());

        Assert.Empty(plan.Ranges);
    }

    [Fact]
    public async Task What_is_in_progress_or_may_still_come_is_refused()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory("CCMCCRCM", Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));
        var api = service.Client.In(service.Project);
        var coverage = await api.Coverage.GetAsync(await service.ReadAsync(export), service.Clock.GetUtcNow().AddDays(-2));
        var everything = (await GapsAsync(service, export))[0] with { Start = coverage[0].Start, End = coverage[^1].End };

        var plan = await new GapRepair(service.Client, service.Clock).PlanAsync(service.Project, [everything], new GapRepairOptions());

        Assert.Equal([BatchExportCoverageState.Running, BatchExportCoverageState.Late], plan.Refused.Select(refusal => refusal.State));
        Assert.Equal(1, Assert.Single(plan.Ranges).Intervals);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(70)]
    public async Task A_backfill_that_another_process_has_just_started_is_left_alone(int secondsLater)
    {
        var passed = TimeSpan.FromSeconds(secondsLater);
        await using var service = await TestService.StartAsync(options => options with { RunDuration = TimeSpan.FromMinutes(1) });
        var export = service.AddExportWithHistory("CCMMMCC", Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));
        var gap = Assert.Single(await GapsAsync(service, export));
        var repair = new GapRepair(service.Client, service.Clock);
        var plan = await repair.PlanAsync(service.Project, [gap], new GapRepairOptions());
        await service.Client.In(service.Project).Backfills.StartAsync(export.Id.ToString(), gap.Start, gap.End);
        service.Clock.Advance(passed);

        var outcomes = await service.AdvanceUntilAsync(repair.RunAsync([plan], new GapRepairOptions()).ToListAsync(), Step);

        Assert.All(outcomes, outcome => Assert.Equal(RepairProblem.InFlight, outcome.Problem));
        Assert.Single(service.Emulator.State.Backfills);
    }

    [Fact]
    public async Task A_canary_that_fails_stops_its_export_only()
    {
        await using var service = await TestService.StartAsync();
        var broken = service.AddExportWithHistory("CCMMMCCMCC", Hour);
        var healthy = service.AddExportWithHistory("CCMMMCCMCC", Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));

        var outcomes = await RepairAsync(service, [broken, healthy], onStarted: FailRunsOf(service, broken));

        Assert.Equal(
            [RepairProblem.Failed, RepairProblem.CanaryFailed, RepairProblem.CanaryFailed],
            outcomes.Where(outcome => outcome.Repair.BatchExportId == broken.Id.ToString()).Select(outcome => outcome.Problem));
        Assert.All(
            outcomes.Where(outcome => outcome.Repair.BatchExportId == healthy.Id.ToString()),
            outcome => Assert.Equal(RepairProblem.None, outcome.Problem));
        Assert.Single(service.Emulator.State.Backfills, backfill => backfill.ExportId == broken.Id);
    }

    [Fact]
    public async Task An_export_that_the_service_pauses_is_stopped()
    {
        await using var service = await TestService.StartAsync(options => options with { FailuresBeforePause = 2 });
        var export = service.AddExportWithHistory("CCMCCMCCMCCMCC", Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));
        var options = new GapRepairOptions { HasCanary = false, ThrottleLimit = 1 };

        var outcomes = await RepairAsync(service, [export], options, FailRunsOf(service, export));

        Assert.Equal(
            [RepairProblem.Failed, RepairProblem.Paused, RepairProblem.Paused, RepairProblem.Paused],
            outcomes.Select(outcome => outcome.Problem));
        Assert.Equal(2, service.Emulator.State.Backfills.Count);
    }

    [Fact]
    public async Task No_more_ranges_are_in_progress_than_the_limit_allows()
    {
        await using var service = await TestService.StartAsync(options => options with { ConcurrentBackfillLimit = 2 });
        var export = service.AddExportWithHistory(string.Concat(Enumerable.Repeat("CM", 12)) + "C", Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));

        var outcomes = await RepairAsync(service, [export], new GapRepairOptions { ThrottleLimit = 4 });

        Assert.Equal(12, outcomes.Count(outcome => outcome.Problem == RepairProblem.None));
        Assert.Equal(12, service.Emulator.State.Backfills.Count);
    }

    [Fact]
    public async Task A_lost_answer_to_a_start_is_looked_for_instead_of_started_again()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory("CCMCC", Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));
        service.Break(new Fault { Method = "POST", ResetAfterProcessing = true });

        var outcome = Assert.Single(await RepairAsync(service, export));

        Assert.Equal(RepairProblem.None, outcome.Problem);
        Assert.Single(service.Emulator.State.Backfills);
    }

    [Fact]
    public async Task The_margin_widens_only_ranges_that_go_by_event_time()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory("CCCCCMCCCCCCCCM", TimeSpan.FromDays(1), "day", hour: 12);
        service.Clock.Advance(TimeSpan.FromHours(3));
        var options = new GapRepairOptions { HasCanary = false, LatenessMargin = TimeSpan.FromHours(30) };
        var gaps = await GapsAsync(service, export, days: 30);

        var plan = await new GapRepair(service.Client, service.Clock).PlanAsync(service.Project, gaps, options);

        Assert.Equal([GapExactness.ByEventTime, GapExactness.Exact], gaps.Select(gap => gap.Exactness));
        Assert.Equal([3, 1], plan.Ranges.Select(range => range.Intervals));
        Assert.Equal([GapExactness.ByEventTime, GapExactness.Exact], plan.Ranges.Select(range => range.Exactness));
    }

    [Theory]
    [InlineData("day", 3, "Europe/Berlin")]
    [InlineData("week", 30, "America/New_York")]
    public async Task Days_and_weeks_are_backfilled_by_their_dates(string interval, int offsetHours, string zone)
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExport(interval: interval, offsetHours: offsetHours, createdAt: service.Clock.GetUtcNow().AddDays(-40));
        export.TimeZone = zone;
        service.Clock.Advance(TimeSpan.FromDays(8));

        var outcomes = await RepairAsync(service, [export], days: 60);

        Assert.NotEmpty(outcomes);
        Assert.All(outcomes, outcome => Assert.Equal(RepairProblem.None, outcome.Problem));
        Assert.Empty(await GapsAsync(service, export, days: 60));
    }

    [Fact]
    public async Task What_has_not_ended_at_the_timeout_goes_on()
    {
        await using var service = await TestService.StartAsync(options => options with { RunDuration = TimeSpan.FromMinutes(4) });
        var export = service.AddExportWithHistory("CCMMCC", Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));

        var outcomes = await RepairAsync(service, [export], new GapRepairOptions { Timeout = TimeSpan.FromMinutes(1) });

        Assert.All(outcomes, outcome => Assert.Equal(RepairProblem.TimedOut, outcome.Problem));
        Assert.NotNull(Assert.Single(outcomes, outcome => outcome.Range.IsCanary).Repair.BackfillId);
        Assert.Equal("Running", Assert.Single(service.Emulator.State.Backfills).StatusAt(service.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_gap_that_grows_older_than_eight_days_after_it_was_planned_is_still_filled()
    {
        await using var service = await TestService.StartAsync();
        var history = "C" + string.Concat(Enumerable.Repeat("M", 12)) + string.Concat(Enumerable.Repeat("C", 186));
        var export = service.AddExportWithHistory(history, Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));
        var repair = new GapRepair(service.Client, service.Clock);
        var options = new GapRepairOptions();
        var plan = await repair.PlanAsync(service.Project, await GapsAsync(service, export, days: 9), options);
        Assert.Equal(2, plan.Ranges.Select(range => range.Exactness).Distinct().Count());
        service.Clock.Advance(TimeSpan.FromHours(2));

        var outcomes = await service.Clock.AdvanceUntilAsync(repair.RunAsync([plan], options).ToListAsync(), Step);

        Assert.All(outcomes, outcome => Assert.Equal(RepairProblem.None, outcome.Problem));
    }

    [Fact]
    public async Task A_timeout_before_the_first_start_is_reported_for_each_range()
    {
        await using var service = await TestService.StartAsync();
        var export = service.AddExportWithHistory("CCMMCCMCC", Hour);
        service.Clock.Advance(TimeSpan.FromMinutes(20));

        var outcomes = await RepairAsync(service, [export], new GapRepairOptions { Timeout = TimeSpan.FromSeconds(3) });

        Assert.Equal(3, outcomes.Count);
        Assert.All(outcomes, outcome => Assert.Equal(RepairProblem.TimedOut, outcome.Problem));
        Assert.Empty(service.Emulator.State.Backfills);
    }

    private static Action<BatchExportRepair> FailRunsOf(TestService service, StoredExport export) => started =>
    {
        if (started.BatchExportId != export.Id.ToString())
            return;

        foreach (var run in service.Emulator.State.RunsOf(export.Id).Where(run => run.BackfillId == Guid.Parse(started.BackfillId!)))
            service.Emulator.State.Force(run, "Failed", "The destination refused");
    };

    private static async Task<IReadOnlyList<BatchExportGap>> GapsAsync(TestService service, StoredExport export, int days = 2)
    {
        var coverage = service.Client.In(service.Project).Coverage;
        return await coverage.FindGapsAsync(await service.ReadAsync(export), service.Clock.GetUtcNow().AddDays(-days));
    }

    private static Task<List<RepairOutcome>> RepairAsync(TestService service, StoredExport export) => RepairAsync(service, [export]);

    private static async Task<List<RepairOutcome>> RepairAsync(
        TestService service,
        StoredExport[] exports,
        GapRepairOptions? options = null,
        Action<BatchExportRepair>? onStarted = null,
        int days = 2)
    {
        options ??= new GapRepairOptions();
        var repair = new GapRepair(service.Client, service.Clock);
        var plans = new List<RepairPlan>();
        foreach (var export in exports)
            plans.Add(await repair.PlanAsync(service.Project, await GapsAsync(service, export, days), options));

        return await service.Clock.AdvanceUntilAsync(repair.RunAsync(plans, options, onStarted).ToListAsync(), Step);
    }
}
