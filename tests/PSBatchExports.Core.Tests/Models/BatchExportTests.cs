using Xunit;

namespace PSBatchExports.Core.Tests.Models;

public sealed class BatchExportTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly BatchExportRun Failed = new()
    {
        RunId = "f",
        Status = "Failed",
        LatestError = "no\r\n bucket\u001b",
        CreatedAt = Now.AddHours(-2),
        FinishedAt = Now.AddHours(-1),
    };

    private static readonly BatchExportRun Running = new() { RunId = "r", Status = "Running", CreatedAt = Now };

    private static readonly BatchExportRun Completed = new()
    {
        RunId = "c",
        Status = "Completed",
        LatestError = "a retry",
        FinishedAt = Now.AddHours(-3),
    };

    [Theory]
    [InlineData("hour", "hour")]
    [InlineData("every 15 minutes", "15 min")]
    [InlineData("ho\nur\u001b", "ho ur\uFFFD")]
    [InlineData(null, null)]
    public void Every_is_the_interval_in_short(string? interval, string? every) =>
        Assert.Equal(every, new BatchExport { Id = "x", Interval = interval }.Every);

    [Fact]
    public void The_error_is_that_of_the_newest_finished_run()
    {
        Assert.Equal("no bucket\uFFFD", Having(Running, Failed, Completed).Error);
        Assert.Null(Having(Completed, Failed).Error);
        Assert.Null(Having(Running).Error);
        Assert.Null(Having().Error);
        Assert.Equal("FailedBilling", Having(new BatchExportRun { Status = "FailedBilling" }).Error);
    }

    [Fact]
    public void An_export_with_an_error_is_failing() =>
        Assert.Equal(["Failing", "Active"], new[] { Having(Running, Failed), Having(Completed, Failed) }.Select(export => export.Status));

    [Fact]
    public void The_last_run_is_the_newest()
    {
        Assert.Equal(("r", Now), (Having(Running, Failed).LastRun?.RunId, Having(Running, Failed).LastRunAt));
        Assert.Equal(Now.AddHours(-1), Having(Failed).LastRunAt);
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
        var nineTenths = new BatchExportBackfillProgress { Progress = 0.9 };

        Assert.Equal([unknown, tenth, half, nineTenths], new[] { half, nineTenths, unknown, tenth }.Order());
        Assert.True(half.CompareTo(null) > 0);
    }

    private static BatchExport Having(params BatchExportRun[] runs) => new() { Id = "x", LatestRuns = runs };
}
