using PSBatchExports.Text;
using Xunit;

namespace PSBatchExports.Core.Tests.Text;

public sealed class RunTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_result_of_a_completed_run_has_rows_bytes_and_duration()
    {
        var run = new BatchExportRun
        {
            Status = "Completed",
            RecordsCompleted = 12345,
            BytesExported = 1_300_000,
            CreatedAt = Now.AddHours(-3),
            FinishedAt = Now.AddHours(-3).AddSeconds(102),
        };

        Assert.Equal("12,345 rows, 1.2 MiB, took 1 min 42 s", run.Result);
    }

    [Fact]
    public void The_result_of_a_failed_run_is_the_reason_in_one_safe_line()
    {
        var run = new BatchExportRun { Status = "Failed", LatestError = "no\r\n  bucket\u001b[2J", FinishedAt = Now };

        Assert.Equal("no bucket\uFFFD[2J", run.Result);
    }

    [Fact]
    public void The_result_of_a_running_run_is_its_progress() =>
        Assert.Equal("12 of 1,040 rows", new BatchExportRun { Status = "Running", RecordsCompleted = 12, RecordsTotalCount = 1040 }.Result);

    [Fact]
    public void The_result_of_an_on_demand_run_has_its_files() =>
        Assert.Equal("1 file", new BatchExportRun { Status = "Completed", Files = ["f"] }.Result);

    [Fact]
    public void The_result_of_an_unknown_run_is_null() => Assert.Null(new BatchExportRun { Status = "Running" }.Result);

    [Theory]
    [InlineData("00:00:00.34", "0.3 s")]
    [InlineData("00:00:42.9", "42 s")]
    [InlineData("00:03:05", "3 min 5 s")]
    [InlineData("00:10:00", "10 min")]
    [InlineData("02:05:40", "2 h 5 min")]
    [InlineData("3.04:00:00", "3 d 4 h")]
    [InlineData("00:00:00.04", "40 ms")]
    [InlineData("-00:00:01", "0 ms")]
    public void Durations_have_at_most_two_units(string duration, string text) =>
        Assert.Equal(text, ReadableDuration.Format(TimeSpan.Parse(duration, System.Globalization.CultureInfo.InvariantCulture)));
}
