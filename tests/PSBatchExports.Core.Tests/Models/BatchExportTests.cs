using Xunit;

namespace PSBatchExports.Core.Tests.Models;

public sealed class BatchExportTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly BatchExportRun s_failed = new() { RunId = "f", Status = "Failed", LatestError = "no\r\n bucket\u001b", CreatedAt = s_now.AddHours(-2), FinishedAt = s_now.AddHours(-1) };
    private static readonly BatchExportRun s_running = new() { RunId = "r", Status = "Running", CreatedAt = s_now };
    private static readonly BatchExportRun s_completed = new() { RunId = "c", Status = "Completed", LatestError = "a retry", FinishedAt = s_now.AddHours(-3) };

    [Theory]
    [InlineData("hour", "hour")]
    [InlineData("every 15 minutes", "15 min")]
    [InlineData("ho\nur\u001b", "ho ur\uFFFD")]
    [InlineData(null, null)]
    public void Every_is_the_interval_in_short(string? interval, string? every) => Assert.Equal(every, new BatchExport { Id = "x", Interval = interval }.Every);

    [Fact]
    public void The_error_is_that_of_the_newest_finished_run()
    {
        Assert.Equal("no bucket\uFFFD", Having(s_running, s_failed, s_completed).Error);
        Assert.Null(Having(s_completed, s_failed).Error);
        Assert.Null(Having(s_running).Error);
        Assert.Null(Having().Error);
        Assert.Equal("FailedBilling", Having(new BatchExportRun { Status = "FailedBilling" }).Error);
    }

    [Fact]
    public void An_export_with_an_error_is_failing() =>
        Assert.Equal(["Failing", "Active"], new[] { Having(s_running, s_failed), Having(s_completed, s_failed) }.Select(export => export.Status));

    [Fact]
    public void The_last_run_is_the_newest()
    {
        Assert.Equal(("r", s_now), (Having(s_running, s_failed).LastRun?.RunId, Having(s_running, s_failed).LastRunAt));
        Assert.Equal(s_now.AddHours(-1), Having(s_failed).LastRunAt);
        Assert.Null(Having().LastRun);
        Assert.Null(Having().LastRunAt);
        Assert.Null(new BatchExport { Id = "x" }.LastRunAt);
    }

    [Fact]
    public void Progress_is_ordered_by_how_far_it_is()
    {
        var half = new BatchExportBackfillProgress { TotalRuns = 72, FinishedRuns = 36 };
        var tenth = new BatchExportBackfillProgress { TotalRuns = 8760, FinishedRuns = 876 };
        var unknown = new BatchExportBackfillProgress();
        var most = new BatchExportBackfillProgress { Progress = 0.9 };

        Assert.Equal([unknown, tenth, half, most], new[] { half, most, unknown, tenth }.Order());
        Assert.True(half.CompareTo(null) > 0);
    }

    private static BatchExport Having(params BatchExportRun[] runs) => new() { Id = "x", LatestRuns = runs };
}
