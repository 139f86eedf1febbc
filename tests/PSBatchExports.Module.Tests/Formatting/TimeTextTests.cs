using System.Globalization;
using PSBatchExports.Views;
using Xunit;

namespace PSBatchExports.Module.Tests.Formatting;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("00:00:37", "HH:mm:ss")]
    [InlineData("60.00:00:00", "yyyy-MM-dd HH:mm:ss")]
    [InlineData("1.00:00:00", "yyyy-MM-dd HH:mm:ss")]
    public void Times_on_another_day_include_the_date(string wait, string format)
    {
        var now = new DateTimeOffset(new DateTime(2026, 11, 26, 12, 0, 0, DateTimeKind.Local));
        var end = now + TimeSpan.Parse(wait, CultureInfo.InvariantCulture);

        Assert.Equal(end.DateTime.ToString(format, CultureInfo.InvariantCulture), ClockTime.Describe(end, now));
    }

    [Theory]
    [InlineData("2026-10-01", "2026-10-08", "2026-10-01 to 10-08")]
    [InlineData("2025-12-31", "2026-01-02", "2025-12-31 to 2026-01-02")]
    [InlineData("2026-10-01T06:00", "2026-10-02", "2026-10-01 06:00 to 10-02 00:00")]
    [InlineData(null, "2026-10-08", "the beginning to 2026-10-08")]
    [InlineData("2026-10-01", null, "2026-10-01 to now")]
    public void Spans_omit_what_both_ends_share(string? start, string? end, string text) =>
        Assert.Equal(text, SpanText.Between(Parse(start), Parse(end)));

    private static DateTimeOffset? Parse(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
