using PSBatchExports.Emulator;
using PSBatchExports.Ranges;
using Xunit;

namespace PSBatchExports.Core.Tests.Ranges;

/// <summary>Saved windows whose files are damaged or gone: fetched again for nothing, or paid for again if asked.</summary>
public sealed class PaidAgainTests
{
    private static readonly DateTimeOffset Start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

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

    private static void Damage(string path, bool isDeleted)
    {
        if (isDeleted)
            File.Delete(path);
        else
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
    }
}
