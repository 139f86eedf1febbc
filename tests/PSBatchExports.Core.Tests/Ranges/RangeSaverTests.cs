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
}
