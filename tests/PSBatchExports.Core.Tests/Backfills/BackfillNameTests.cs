using PSBatchExports.Backfills;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class BackfillNameTests
{
    private const string Export = "0195f1c2-7a3b-0000-8f4e-3c2d1b0a9e88";

    [Theory]
    [InlineData("2026-11-25T23:00:00+00:00-2026-11-26T00:00:00+00:00", "2026-11-25T23:00:00Z", "2026-11-26T00:00:00Z")]
    [InlineData("2026-11-25T23:00:00-05:00-2026-11-26T00:00:00-05:00", "2026-11-26T04:00:00Z", "2026-11-26T05:00:00Z")]
    [InlineData("2026-11-25T23:00:00.123456+00:00-2026-11-26T00:00:00Z", "2026-11-25T23:00:00.123456Z", "2026-11-26T00:00:00Z")]
    [InlineData("START-2026-11-26T00:00:00+00:00", null, "2026-11-26T00:00:00Z")]
    [InlineData("2026-11-25T23:00:00+00:00-END", "2026-11-25T23:00:00Z", null)]
    public void A_name_tells_the_bounds(string bounds, string? start, string? end)
    {
        var name = BackfillName.Parse($"{Export}-Backfill-{bounds}");

        Assert.Equal(new BackfillName(Time(start), Time(end)), name);
        var backfill = new BatchExportBackfill { StartAt = Time(start)?.ToOffset(TimeSpan.FromHours(2)), EndAt = Time(end) };
        Assert.Equal(name!.Window, BackfillName.WindowOf(backfill));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Export)]
    [InlineData("nightly-Backfill-of-november")]
    [InlineData($"{Export}-Backfill-2026-11-25T23:00:00+00:00")]
    [InlineData($"{Export}-Backfill-2026-13-25T23:00:00+00:00-2026-11-26T00:00:00+00:00")]
    [InlineData($"{Export}-Backfill-2026-11-25T23:00:00+00:00-2026-11-26T00:00:00+00:00\n")]
    [InlineData($"{Export}-Backfill-2026-11-25-2026-11-26")]
    public void Anything_else_is_no_name(string text) => Assert.Null(BackfillName.Parse(text));

    private static DateTimeOffset? Time(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
