using PSBatchExports.Formatting;
using Xunit;

namespace PSBatchExports.Module.Tests.Formatting;

public sealed class RunTextTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_a_completed_run_rows_bytes_time_and_age_are_told()
    {
        var run = new BatchExportRun { Status = "Completed", RecordsCompleted = 12345, BytesExported = 1_300_000, CreatedAt = s_now.AddHours(-3), FinishedAt = s_now.AddHours(-3).AddSeconds(102) };

        Assert.Equal("12,345 rows, 1.2 MiB, took 1 min 42 s, 2 h ago", RunText.Result(run, s_now));
        Assert.Equal("Completed 2 h ago", RunText.Last(run, s_now));
    }

    [Fact]
    public void Of_a_failed_run_the_reason_is_told_in_one_harmless_line()
    {
        var run = new BatchExportRun { Status = "Failed", LatestError = "no\r\n  bucket\u001b[2J", FinishedAt = s_now.AddMinutes(-5) };

        Assert.Equal("no bucket\uFFFD[2J", RunText.Result(run, s_now));
        Assert.Equal("Failed 5 min ago", RunText.Last(run, s_now));
    }

    [Fact]
    public void Of_a_run_that_goes_on_the_share_is_told() =>
        Assert.Equal("12 of 1,040 rows", RunText.Result(new BatchExportRun { Status = "Running", RecordsCompleted = 12, RecordsTotalCount = 1040 }, s_now));

    [Fact]
    public void Of_a_run_on_demand_the_files_are_told() =>
        Assert.Equal("1 file", RunText.Result(new BatchExportRun { Status = "Completed", Files = ["f"] }, s_now));

    [Fact]
    public void An_export_without_runs_has_nothing_to_tell() => Assert.Null(RunText.Last(null, s_now));
}
