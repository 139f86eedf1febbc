using PSBatchExports.Emulator;
using PSBatchExports.Ledger;
using Xunit;

namespace PSBatchExports.Core.Tests.Ranges;

/// <summary>A request to start a run whose answer was lost: the run is looked for, so that none is paid for twice.</summary>
public sealed class LostAnswerTests
{
    private static readonly DateTimeOffset Start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_answer_is_looked_for_and_nothing_is_paid_twice(bool isProcessed)
    {
        await using var range = await TestRange.StartAsync();
        range.Service.Break(new Fault { Method = "POST", Skip = 1, ResetAfterProcessing = isProcessed, Reset = !isProcessed });
        var saved = await range.SaveWholeAsync(Start, days: 3);

        Assert.Equal(3, saved.Count);
        Assert.Equal(3, range.Service.Emulator.State.OnDemandRuns.Count);
    }

    [Fact]
    public async Task Two_runs_that_may_be_the_lost_one_are_an_error_that_names_them()
    {
        await using var range = await TestRange.StartAsync();
        var others = new List<OnDemandRun>();
        range.Service.Break(new Fault { Method = "POST", ResetAfterProcessing = true });
        range.AfterFirstPost(() => others.Add(range.Service.AddRun("Completed", range.Specification(Start, days: 1))));
        var outcome = Assert.Single(await range.SaveAsync(Start, days: 1));

        Assert.Equal(RangeProblem.RunUnknown, outcome.Problem);
        Assert.Equal(2, outcome.Runs.Count);
        Assert.Contains(others[0].Id.ToString(), outcome.Runs);
        Assert.Equal(2, range.Service.Emulator.State.OnDemandRuns.Count);
    }

    [Fact]
    public async Task A_new_run_of_another_interval_is_not_the_lost_one()
    {
        await using var range = await TestRange.StartAsync();
        range.Service.Break(new Fault { Method = "POST", Reset = true });
        range.AfterFirstPost(() => range.Service.AddRun("Completed", range.Specification(Start.AddDays(-1), days: 1)));
        var saved = Assert.Single(await range.SaveWholeAsync(Start, days: 1));

        Assert.Equal(2, range.Service.Emulator.State.OnDemandRuns.Count);
        Assert.Equal(saved.Records, range.RowsIn(saved.FullName));
    }

    [Theory]
    [InlineData("JSONLines", null)]
    [InlineData("JSONLines", "gzip")]
    [InlineData("JSONLines", "brotli")]
    [InlineData("Parquet", "zstd")]
    public async Task A_new_run_of_another_model_is_not_the_lost_one(string format, string? compression)
    {
        await using var range = await TestRange.StartAsync();
        var other = range.Specification(Start, days: 1) with { Model = "persons", Format = format, Compression = compression };
        range.Service.Break(new Fault { Method = "POST", Reset = true });
        range.AfterFirstPost(() => range.Service.AddRun("Completed", other));
        var saved = Assert.Single(await range.SaveWholeAsync(Start, days: 1, options => WithFormat(options, format, compression)));

        Assert.Equal(["persons", "events"], range.Service.Emulator.State.OnDemandRuns.Select(run => run.Specification.Model));
        Assert.Equal($"{range.Service.Emulator.State.OnDemandRuns[^1].Id}", saved.RunId);
    }

    [Theory]
    [InlineData("JSONLines", null)]
    [InlineData("JSONLines", "gzip")]
    [InlineData("JSONLines", "brotli")]
    [InlineData("Parquet", "zstd")]
    public async Task A_lost_run_is_found_by_its_columns_in_each_format(string format, string? compression)
    {
        await using var range = await TestRange.StartAsync();
        range.Service.Break(new Fault { Method = "POST", ResetAfterProcessing = true });
        Assert.Single(await range.SaveWholeAsync(Start, days: 1, options => WithFormat(options, format, compression)));

        Assert.Single(range.Service.Emulator.State.OnDemandRuns);
        Assert.Contains(range.Service.Observer.Warnings, text => text.Contains("Whether its filters are", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_run_of_unknown_columns_is_an_error_that_names_it()
    {
        await using var range = await TestRange.StartAsync();
        var query = range.Specification(Start, days: 1) with { Model = "hogql", Columns = ["event", "total"] };
        range.Service.Break(new Fault { Method = "POST", Reset = true });
        range.AfterFirstPost(() => range.Service.AddRun("Completed", query));
        var outcome = Assert.Single(await range.SaveAsync(Start, days: 1));

        Assert.Equal(RangeProblem.RunUnknown, outcome.Problem);
        Assert.Single(outcome.Runs);
    }

    [Fact]
    public async Task A_refusal_does_not_forget_an_earlier_request_whose_answer_was_lost()
    {
        await using var range = await TestRange.StartAsync();
        range.Service.Break(new Fault { Method = "POST", Reset = true });
        range.Service.Break(new Fault { Method = "POST", Status = 401, Body = "{}" });
        var failed = Assert.Single(await range.SaveAsync(Start, days: 1));

        Assert.Equal(LedgerState.Started, failed.Window.State);
        Assert.Null(failed.Window.RunId);
    }

    [Fact]
    public async Task Lost_answers_end_the_call_after_one_window()
    {
        await using var range = await TestRange.StartAsync();
        range.Service.Break(new Fault { Method = "POST", Times = 1000, Reset = true });
        var outcomes = await range.SaveAsync(Start, days: 20, options => options with { MaximumRuns = 1 });

        Assert.Equal(RangeProblem.Failed, outcomes[0].Problem);
        Assert.All(outcomes.Skip(1), outcome => Assert.Equal(RangeProblem.NotStarted, outcome.Problem));
        Assert.Equal(5, range.Service.Observer.Sent.Count(request => request.Method == "POST"));
    }

    [Fact]
    public async Task A_new_run_that_never_ends_is_an_error_after_an_hour()
    {
        await using var range = await TestRange.StartAsync();
        range.Service.Break(new Fault { Method = "POST", Reset = true });
        range.AfterFirstPost(() => range.Service.AddRun());
        var outcome = Assert.Single(await range.SaveAsync(Start, days: 1, step: 20));

        Assert.Equal(RangeProblem.RunUnknown, outcome.Problem);
        Assert.Single(outcome.Runs);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_does_not_delay_the_search_for_a_lost_answer()
    {
        await using var range = await TestRange.StartAsync();
        using (var ledger = LedgerWriter.Open(range.Folder))
        {
            var line = new LedgerLine
            {
                Event = LedgerEvents.Planned,
                At = Start,
                Model = "events",
                Start = Start,
                End = Start.AddDays(1),
                Every = 86400,
            };
            ledger.Append(line);
            ledger.Append(line with { Event = LedgerEvents.Intent, At = range.Service.Clock.GetUtcNow().AddDays(30) });
        }

        var before = range.Service.Clock.GetUtcNow();
        Assert.Single(await range.SaveWholeAsync(Start, days: 1));
        Assert.InRange(range.Service.Clock.GetUtcNow() - before, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    private static RangeSaveOptions WithFormat(RangeSaveOptions options, string format, string? compression) =>
        options with { Settings = options.Settings with { Format = format, Compression = compression } };
}
