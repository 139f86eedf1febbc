using PSBatchExports.Emulator;
using PSBatchExports.Ledger;
using PSBatchExports.Ranges;
using Xunit;

namespace PSBatchExports.Core.Tests.Ranges;

public sealed class RangeSaverTests
{
    private static readonly DateTimeOffset Start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Each_window_is_saved_into_a_folder_of_its_own()
    {
        await using var range = await TestRange.StartAsync();
        var saved = await range.SaveWholeAsync(Start, days: 3);

        Assert.Equal(
            [
                "events/2026-09-01T00Z_2026-09-02T00Z",
                "events/2026-09-02T00Z_2026-09-03T00Z",
                "events/2026-09-03T00Z_2026-09-04T00Z",
            ],
            range.Folders());
        Assert.Equal(saved.Select(window => window.FullName), range.Folders().Select(range.PathOf));
        Assert.All(saved, window => Assert.Equal(window.Records, range.RowsIn(window.FullName)));
        Assert.All(saved, window => Assert.False(window.Reused));
    }

    [Fact]
    public async Task A_second_call_starts_nothing()
    {
        await using var range = await TestRange.StartAsync();
        await range.SaveWholeAsync(Start, days: 3);
        var requests = range.Service.Requests.Count;
        var again = await range.SaveWholeAsync(Start, days: 3);

        Assert.All(again, window => Assert.True(window.Reused));
        Assert.Equal(requests, range.Service.Requests.Count);
    }

    [Fact]
    public async Task A_longer_range_exports_only_what_is_new()
    {
        await using var range = await TestRange.StartAsync();
        await range.SaveWholeAsync(Start.AddDays(1), days: 1);
        var saved = await range.SaveWholeAsync(Start.AddHours(12), days: 3);

        Assert.Equal([false, true, false, false], saved.Select(window => window.Reused));
        Assert.Equal(
            [
                "events/2026-09-01T12Z_2026-09-02T00Z",
                "events/2026-09-02T00Z_2026-09-03T00Z",
                "events/2026-09-03T00Z_2026-09-04T00Z",
                "events/2026-09-04T00Z_2026-09-04T12Z",
            ],
            range.Folders());
    }

    [Fact]
    public async Task Runs_in_progress_never_exceed_their_maximum()
    {
        await using var range = await TestRange.StartAsync();
        var most = 0;
        await range.SaveWholeAsync(Start, days: 12, options => options with
        {
            MaximumRuns = 3,
            OnProgress = _ => most = Math.Max(most, range.ActiveRuns()),
        });

        Assert.InRange(most, 2, 3);
    }

    [Fact]
    public async Task A_full_project_is_waited_for()
    {
        await using var range = await TestRange.StartAsync(options => options with { ConcurrentDownloadLimit = 2 });
        range.Service.AddRun();
        var saved = await range.SaveWholeAsync(Start, days: 3);
        Assert.Equal(3, saved.Count);
        Assert.Equal(4, range.Service.Emulator.State.OnDemandRuns.Count);
    }

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

    [Fact]
    public async Task A_window_that_is_too_large_is_split_until_it_fits()
    {
        await using var range = await TestRange.StartAsync(options => options with { BusyDays = 100 });
        var saved = await range.SaveWholeAsync(Start, days: 2);

        Assert.Equal(4, saved.Count);
        Assert.All(saved, window => Assert.Equal(TimeSpan.FromHours(12), window.End - window.Start));
        Assert.Equal(6, range.Service.Emulator.State.OnDemandRuns.Count);

        var again = await range.SaveWholeAsync(Start, days: 2);
        Assert.All(again, window => Assert.True(window.Reused));
    }

    [Fact]
    public async Task Expired_files_are_an_error_until_they_are_paid_for_again()
    {
        await using var range = await TestRange.StartAsync();
        const string refusal = "<Error><Code>AccessDenied</Code></Error>";
        range.Service.Break(new Fault { Origin = Fault.Storage, Times = 1000, Status = 403, Body = refusal });
        var failed = Assert.Single(await range.SaveAsync(Start, days: 1));
        Assert.Equal(RangeProblem.Failed, failed.Problem);
        Assert.Equal(LedgerState.Completed, failed.Window.State);

        range.Service.Emulator.Faults.Clear();
        range.Service.Clock.Advance(TimeSpan.FromDays(30));
        var gone = Assert.Single(await range.SaveAsync(Start, days: 1));
        Assert.Equal(RangeProblem.FilesGone, gone.Problem);
        Assert.Single(range.Service.Emulator.State.OnDemandRuns);

        Assert.Single(await range.SaveWholeAsync(Start, days: 1, options => options with { PayAgain = true }));
        Assert.Equal(2, range.Service.Emulator.State.OnDemandRuns.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_saved_file_that_is_no_longer_whole_is_fetched_again_for_nothing(bool isDeleted)
    {
        await using var range = await TestRange.StartAsync();
        var file = Assert.Single(Assert.Single(await range.SaveWholeAsync(Start, days: 1)).Files).FullName;
        var content = await File.ReadAllBytesAsync(file);
        Damage(file, isDeleted);
        var again = Assert.Single(await range.SaveWholeAsync(Start, days: 1));

        Assert.False(again.Reused);
        Assert.Equal(content, await File.ReadAllBytesAsync(file));
        Assert.Single(range.Service.Emulator.State.OnDemandRuns);
        Assert.Contains(range.Service.Observer.Warnings, text => text.Contains("not whole", StringComparison.Ordinal));
        Assert.True(Assert.Single(await range.SaveWholeAsync(Start, days: 1)).Reused);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_saved_file_that_is_no_longer_whole_and_has_expired_is_an_error_until_it_is_paid_for_again(bool isDeleted)
    {
        await using var range = await TestRange.StartAsync();
        var window = Assert.Single(await range.SaveWholeAsync(Start, days: 1));
        Damage(Assert.Single(window.Files).FullName, isDeleted);
        range.Service.Clock.Advance(TimeSpan.FromDays(30));

        var gone = Assert.Single(await range.SaveAsync(Start, days: 1));
        Assert.Equal((RangeProblem.FilesGone, LedgerState.Saved), (gone.Problem, gone.Window.State));
        Assert.Single(range.Service.Emulator.State.OnDemandRuns);

        var paid = Assert.Single(await range.SaveWholeAsync(Start, days: 1, options => options with { PayAgain = true }));
        Assert.Equal(2, range.Service.Emulator.State.OnDemandRuns.Count);
        Assert.Equal((paid.Records, 1), (range.RowsIn(paid.FullName), Directory.GetFiles(paid.FullName).Length));
    }

    [Fact]
    public async Task Files_of_an_older_run_are_not_taken_for_those_of_the_one_that_was_paid_again()
    {
        await using var range = await TestRange.StartAsync();
        await range.SaveWholeAsync(Start, days: 1);
        var (window, folders) = (range.Ledger().Single(), new WindowFolders(range.Folder));
        var stale = folders.Prepare(window);
        await File.WriteAllTextAsync(Path.Combine(stale, "stale.jsonl"), "{}\n");
        Directory.Delete(folders.PathOf(window), recursive: true);
        range.Service.Clock.Advance(TimeSpan.FromDays(30));

        var paid = Assert.Single(await range.SaveWholeAsync(Start, days: 1, options => options with { PayAgain = true }));
        Assert.Equal(paid.Files.Select(file => file.FullName), Directory.GetFiles(paid.FullName));
    }

    [Fact]
    public async Task A_run_that_vanishes_is_paid_again_if_that_was_asked_for()
    {
        await using var range = await TestRange.StartAsync();
        const string gone = """{"type":"invalid_request","code":"not_found","detail":"Not found.","attr":null}""";
        range.AfterFirstPost(() => range.Service.Break(new Fault { Method = "GET", Skip = 1, Status = 404, Body = gone }));

        var window = Assert.Single(await range.SaveWholeAsync(Start, days: 1, options => options with { PayAgain = true }));
        Assert.Equal(2, range.Service.Emulator.State.OnDemandRuns.Count);
        Assert.Equal(window.Records, range.RowsIn(window.FullName));
    }

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

    [Fact]
    public async Task A_plan_says_what_is_new_and_how_many_rows_to_expect()
    {
        await using var range = await TestRange.StartAsync(options => options with { EventsPerHour = 10 });
        var before = range.Plan(Start, days: 30);
        Assert.Equal((30, null), (before.RunsToStart, before.EstimatedRecords));

        await range.SaveWholeAsync(Start, days: 2);
        var after = range.Plan(Start, days: 30);
        Assert.Equal(28, after.RunsToStart);
        Assert.InRange(after.EstimatedRecords!.Value, 28 * 230, 28 * 245);
    }

    private static RangeSaveOptions WithFormat(RangeSaveOptions options, string format, string? compression) =>
        options with { Settings = options.Settings with { Format = format, Compression = compression } };

    private static void Damage(string path, bool isDeleted)
    {
        if (isDeleted)
            File.Delete(path);
        else
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
    }
}
