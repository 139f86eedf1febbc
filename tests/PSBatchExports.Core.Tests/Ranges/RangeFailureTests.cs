using PSBatchExports.Emulator;
using PSBatchExports.Ledger;
using Xunit;

namespace PSBatchExports.Core.Tests.Ranges;

/// <summary>What ends a call, or keeps it from starting runs.</summary>
public sealed class RangeFailureTests
{
    private static readonly DateTimeOffset Start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Nothing_is_paid_for_that_could_not_be_saved()
    {
        await using var range = await TestRange.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(range.Folder, ".incoming"), "");
        var outcomes = await range.SaveAsync(Start, days: 20, options => options with { MaximumRuns = 1 });

        Assert.Equal(RangeProblem.Failed, outcomes[0].Problem);
        Assert.All(outcomes.Skip(1), outcome => Assert.Equal(RangeProblem.NotStarted, outcome.Problem));
        Assert.Empty(range.Service.Emulator.State.OnDemandRuns);
    }

    [Fact]
    public async Task No_further_run_is_started_once_a_file_cannot_be_saved()
    {
        await using var range = await TestRange.StartAsync();
        range.AfterFirstPost(() =>
        {
            Directory.Delete(Path.Combine(range.Folder, ".incoming"), recursive: true);
            File.WriteAllText(Path.Combine(range.Folder, ".incoming"), "");
        });
        var outcomes = await range.SaveAsync(Start, days: 20, options => options with { MaximumRuns = 1 });

        Assert.Equal((RangeProblem.Failed, LedgerState.Completed), (outcomes[0].Problem, outcomes[0].Window.State));
        Assert.InRange(range.Service.Emulator.State.OnDemandRuns.Count, 1, 2);
        Assert.All(outcomes.Skip(2), outcome => Assert.Equal(RangeProblem.NotStarted, outcome.Problem));
    }

    [Fact]
    public async Task A_failure_of_this_module_is_not_taken_for_a_cancellation()
    {
        await using var range = await TestRange.StartAsync();
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => range.SaveAsync(Start, days: 30, options => options with
        {
            MaximumRuns = 1,
            OnProgress = progress => _ = progress.Saved == 1 ? throw new InvalidTimeZoneException() : 0,
        }));
    }

    [Fact]
    public async Task A_failed_run_is_an_error_and_the_next_call_starts_another()
    {
        await using var range = await TestRange.StartAsync();
        range.AfterFirstPost(() => range.Service.Emulator.State.OnDemandRuns.Single().Force("Failed", "An unexpected error has occurred"));
        var failed = Assert.Single(await range.SaveAsync(Start, days: 1));
        Assert.Equal(RangeProblem.RunFailed, failed.Problem);
        Assert.Equal("An unexpected error has occurred", failed.Window.Error);

        Assert.Single(await range.SaveWholeAsync(Start, days: 1));
    }

    [Fact]
    public async Task Other_settings_are_refused_before_anything_is_sent()
    {
        await using var range = await TestRange.StartAsync();
        await range.SaveWholeAsync(Start, days: 1);
        var requests = range.Service.Requests.Count;
        var conflict = await Assert.ThrowsAsync<LedgerConflictException>(() => range.SaveAsync(
            Start, days: 2, options => options with { Settings = options.Settings with { Exclude = ["$pageview"] } }));

        Assert.Contains("exclude was null, and is [\"$pageview\"]", conflict.Message, StringComparison.Ordinal);
        Assert.Equal(requests, range.Service.Requests.Count);
    }

    [Fact]
    public async Task Another_command_on_the_same_folder_is_refused()
    {
        await using var range = await TestRange.StartAsync();
        using var other = LedgerWriter.Open(range.Folder);
        var failure = await Assert.ThrowsAsync<FileSaveException>(() => range.SaveAsync(Start, days: 1));
        Assert.Equal(FileSaveFailure.InUse, failure.Reason);
        Assert.Empty(range.Service.Requests);
    }

    [Fact]
    public async Task Runs_that_would_exceed_the_budget_are_not_started()
    {
        await using var range = await TestRange.StartAsync(options => options with { EventsPerHour = 10 });
        var outcomes = await range.SaveAsync(Start, days: 6, options => options with { MaximumRecords = 800 });

        Assert.Equal(3, outcomes.Count(outcome => outcome.Saved is not null));
        Assert.Equal(RangeProblem.OverBudget, outcomes[3].Problem);
        Assert.All(outcomes.Skip(4), outcome => Assert.Equal(RangeProblem.NotStarted, outcome.Problem));
        Assert.Equal(3, range.Service.Emulator.State.OnDemandRuns.Count);
    }

    [Fact]
    public async Task Refused_requests_end_the_call_after_the_first()
    {
        await using var range = await TestRange.StartAsync();
        const string refusal = """{"type":"authentication_error","code":"permission_denied","detail":"No.","attr":null}""";
        range.Service.Break(new Fault { Method = "POST", Times = 1000, Status = 403, Body = refusal });
        var outcomes = await range.SaveAsync(Start, days: 50, options => options with { MaximumRuns = 2 });

        Assert.Contains(outcomes, outcome => outcome.Failure is PermissionDeniedException);
        Assert.InRange(range.Service.Requests.Count(request => request.Method == "POST"), 1, 2);
        Assert.All(outcomes.Skip(2), outcome => Assert.Equal(RangeProblem.NotStarted, outcome.Problem));
    }
}
