using PSBatchExports.Ranges;
using Xunit;

namespace PSBatchExports.Core.Tests.Ranges;

public sealed class RecordBudgetTests
{
    private static readonly DateTimeOffset Start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Windows_without_rows_do_not_let_several_start_at_once()
    {
        using var budget = new RecordBudget(limit: 100, ratePerHour: null);
        Assert.True(await ReserveAsync(budget, day: 0));
        budget.Settle(Day(0), 0);
        Assert.True(await ReserveAsync(budget, day: 1));

        var waiting = ReserveAsync(budget, day: 2);
        Assert.False(waiting.IsCompleted);

        budget.Settle(Day(1), 1000);
        Assert.False(await waiting);
    }

    [Fact]
    public async Task A_ledger_without_rows_does_not_let_several_start_at_once()
    {
        using var budget = new RecordBudget(limit: 100, ratePerHour: 0);
        Assert.True(await ReserveAsync(budget, day: 0));
        var waiting = ReserveAsync(budget, day: 1);
        Assert.False(waiting.IsCompleted);

        budget.Settle(Day(0), 1000);
        Assert.False(await waiting);
    }

    [Fact]
    public async Task Rows_that_the_service_does_not_count_exhaust_a_limit()
    {
        using var budget = new RecordBudget(limit: 100, ratePerHour: null);
        Assert.True(await ReserveAsync(budget, day: 0));
        budget.Settle(Day(0), null);

        Assert.False(await ReserveAsync(budget, day: 1));
    }

    [Fact]
    public async Task Rows_that_the_service_does_not_count_are_those_that_were_expected()
    {
        using var budget = new RecordBudget(limit: 100, ratePerHour: 2);
        Assert.True(await ReserveAsync(budget, day: 0));
        budget.Settle(Day(0), null);
        Assert.True(await ReserveAsync(budget, day: 1));
        budget.Settle(Day(1), null);

        Assert.False(await ReserveAsync(budget, day: 2));
        Assert.Equal(0, budget.Spent);
    }

    [Fact]
    public async Task More_rows_than_the_ledger_shows_are_expected_once_they_are_seen()
    {
        using var budget = new RecordBudget(limit: 3000, ratePerHour: 1);
        Assert.True(await ReserveAsync(budget, day: 0));
        budget.Settle(Day(0), 2400);

        Assert.False(await ReserveAsync(budget, day: 1));
    }

    [Fact]
    public async Task Rows_of_a_run_that_failed_are_given_back()
    {
        using var budget = new RecordBudget(limit: 50, ratePerHour: 2);
        Assert.True(await ReserveAsync(budget, day: 0));
        Assert.False(await ReserveAsync(budget, day: 1));
        budget.Release(Day(0));

        Assert.True(await ReserveAsync(budget, day: 1));
    }

    [Fact]
    public async Task Without_a_limit_nothing_is_refused()
    {
        using var budget = new RecordBudget(limit: null, ratePerHour: null);
        Assert.True(await ReserveAsync(budget, day: 0));
        budget.Settle(Day(0), null);

        Assert.True(await ReserveAsync(budget, day: 1));
        Assert.True(await ReserveAsync(budget, day: 2));
    }

    [Fact]
    public async Task A_refused_window_is_told_before_the_next_one_has_its_turn()
    {
        using var budget = new RecordBudget(limit: 100, ratePerHour: null);
        Assert.True(await ReserveAsync(budget, day: 0));

        using var isReleased = new ManualResetEventSlim();
        var first = budget.TryReserveAsync(Day(1), () => isReleased.Wait(TimeSpan.FromMinutes(1)), CancellationToken.None);
        var isFirstAnswered = false;
        var second = budget.TryReserveAsync(Day(2), () => isFirstAnswered = isReleased.IsSet, CancellationToken.None);
        budget.Settle(Day(0), 1000);
        Assert.False(second.IsCompleted);

        isReleased.Set();
        Assert.False(await first);
        Assert.False(await second);
        Assert.True(isFirstAnswered);
    }

    private static Task<bool> ReserveAsync(RecordBudget budget, int day) =>
        budget.TryReserveAsync(Day(day), () => { }, CancellationToken.None);

    private static BatchExportLedgerEntry Day(int number) => new()
    {
        Model = "events",
        Start = Start.AddDays(number),
        End = Start.AddDays(number + 1),
        State = LedgerState.Planned,
        At = Start,
    };
}
