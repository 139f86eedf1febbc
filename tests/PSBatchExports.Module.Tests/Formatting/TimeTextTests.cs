using System.Globalization;
using PSBatchExports.Formatting;
using Xunit;

namespace PSBatchExports.Module.Tests.Formatting;

public sealed class TimeTextTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("00:00:00.5", "now")]
    [InlineData("00:00:01", "1 s ago")]
    [InlineData("00:00:59.9", "59 s ago")]
    [InlineData("00:01:00", "1 min ago")]
    [InlineData("00:59:59", "59 min ago")]
    [InlineData("01:00:00", "1 h ago")]
    [InlineData("1.23:59:59", "47 h ago")]
    [InlineData("2.00:00:00", "2 d ago")]
    [InlineData("59.23:00:00", "59 d ago")]
    [InlineData("61.00:00:00", "2 mo ago")]
    [InlineData("800.00:00:00", "2 y ago")]
    [InlineData("-00:05:00", "in 5 min")]
    [InlineData("-3.00:00:00", "in 3 d")]
    public void Ages_have_one_unit(string age, string text) =>
        Assert.Equal(text, RelativeTime.Describe(s_now - TimeSpan.Parse(age, CultureInfo.InvariantCulture), s_now));

    [Theory]
    [InlineData("00:00:37", "HH:mm:ss")]
    [InlineData("60.00:00:00", "yyyy-MM-dd HH:mm:ss")]
    [InlineData("1.00:00:00", "yyyy-MM-dd HH:mm:ss")]
    public void An_end_on_another_day_has_its_date(string wait, string format)
    {
        var now = new DateTimeOffset(new DateTime(2026, 11, 26, 12, 0, 0, DateTimeKind.Local));
        var end = now + TimeSpan.Parse(wait, CultureInfo.InvariantCulture);

        Assert.Equal(end.DateTime.ToString(format, CultureInfo.InvariantCulture), ClockTime.Describe(end, now));
    }

    [Theory]
    [InlineData("00:00:00.34", "0.3 s")]
    [InlineData("00:00:42.9", "42 s")]
    [InlineData("00:03:05", "3 min 5 s")]
    [InlineData("00:10:00", "10 min")]
    [InlineData("02:05:40", "2 h 5 min")]
    [InlineData("3.04:00:00", "3 d 4 h")]
    [InlineData("00:00:00.04", "40 ms")]
    [InlineData("-00:00:01", "0 ms")]
    public void Durations_have_two_units_at_most(string duration, string text) =>
        Assert.Equal(text, ReadableDuration.Format(TimeSpan.Parse(duration, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("2026-10-01", "2026-10-08", "2026-10-01 to 10-08")]
    [InlineData("2025-12-31", "2026-01-02", "2025-12-31 to 2026-01-02")]
    [InlineData("2026-10-01T06:00", "2026-10-02", "2026-10-01 06:00 to 10-02 00:00")]
    [InlineData(null, "2026-10-08", "the beginning to 2026-10-08")]
    [InlineData("2026-10-01", null, "2026-10-01 to now")]
    public void Spans_are_no_longer_than_they_need_to_be(string? start, string? end, string text) =>
        Assert.Equal(text, SpanText.Between(Parse(start), Parse(end)));

    private static DateTimeOffset? Parse(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
