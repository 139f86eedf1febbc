using System.Globalization;
using PSBatchExports.Time;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Times from outside that lie where time ends.</summary>
public class TimeBoundsTests
{
    [Theory]
    [InlineData("9999-12-31T23:59:59Z", "01:00:00", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("0001-01-01T00:00:30Z", "-00:01:00", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T22:59:59+00:00", "01:00:00", "9999-12-31T23:59:59Z")]
    [InlineData("2026-10-08T12:00:00+02:00", "-1.00:00:00", "2026-10-07T10:00:00Z")]
    [InlineData("2026-10-08T12:00:00Z", "10675199.02:48:05.4775807", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("2026-10-08T12:00:00Z", "-10675199.02:48:05.4775808", "0001-01-01T00:00:00Z")]
    public void Shifting_beyond_the_range_of_times_stops_at_its_ends(string time, string by, string result) =>
        Assert.Equal(Time(result), Time(time).Shift(TimeSpan.Parse(by, CultureInfo.InvariantCulture)));

    [Fact]
    public void The_log_of_a_run_at_the_end_of_time_can_be_read()
    {
        var (first, last) = (DateTimeOffset.MinValue, Time("9999-12-31T23:59:59Z"));
        var run = new BatchExportRun { RunId = "a", Status = RunStatus.Completed, CreatedAt = first, FinishedAt = last };

        var query = new LogQuery().During(run);

        Assert.Equal((DateTimeOffset.MinValue, DateTimeOffset.MaxValue), (query.After, query.Before));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
