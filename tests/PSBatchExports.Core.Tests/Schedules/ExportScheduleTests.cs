using Xunit;

namespace PSBatchExports.Core.Tests.Schedules;

public sealed class ExportScheduleTests
{
    [Theory]
    [InlineData("Europe/Berlin", 2, "2026-03-28", 24.0, 23.0, 24.0)]
    [InlineData("Europe/Berlin", 0, "2026-10-24", 24.0, 25.0, 24.0)]
    [InlineData("America/New_York", 1, "2026-10-31", 24.0, 25.0, 24.0)]
    [InlineData("Australia/Lord_Howe", 0, "2026-04-04", 24.0, 24.5, 24.0)]
    [InlineData("America/Santiago", 0, "2026-09-05", 24.0, 23.0, 24.0)]
    [InlineData("Asia/Kolkata", 5, "2026-03-28", 24.0, 24.0, 24.0)]
    public void Days_are_as_long_as_the_clocks_make_them(string zone, int hour, string date, params double[] hours)
    {
        var schedule = new ExportSchedule("day", zone, hour);
        var day = schedule.IntervalAt(DateTimeOffset.Parse($"{date}T12:00Z", System.Globalization.CultureInfo.InvariantCulture));

        var lengths = new List<double>();
        for (; lengths.Count < hours.Length; day = schedule.IntervalAt(day.End))
            lengths.Add(day.Length.TotalHours);

        Assert.Equal(hours, lengths);
    }

    [Theory]
    [InlineData("Europe/Berlin", 2, "2026-03-29T01:00:00Z")]
    [InlineData("America/Santiago", 0, "2026-09-06T04:00:00Z")]
    [InlineData("Australia/Lord_Howe", 2, "2026-10-03T15:30:00Z")]
    public void An_hour_that_the_clocks_skip_is_the_instant_of_the_change(string zone, int hour, string boundary)
    {
        var expected = DateTimeOffset.Parse(boundary, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(expected, new ExportSchedule("day", zone, hour).IntervalAt(expected).Start);
        Assert.Equal(expected, new ExportSchedule("day", zone, hour).IntervalAt(expected.AddTicks(-1)).End);
    }

    [Theory]
    [InlineData("America/New_York", 1, "2026-11-01T05:00:00Z")]
    [InlineData("Europe/Berlin", 2, "2026-10-25T00:00:00Z")]
    public void Of_an_hour_that_the_clocks_show_twice_the_first_counts(string zone, int hour, string boundary)
    {
        var expected = DateTimeOffset.Parse(boundary, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(expected, new ExportSchedule("day", zone, hour).IntervalAt(expected.AddMinutes(90)).Start);
    }

    [Fact]
    public void A_day_that_a_zone_skipped_has_no_interval()
    {
        var schedule = new ExportSchedule("day", "Pacific/Apia");
        var day = schedule.IntervalAt(new DateTimeOffset(2011, 12, 29, 20, 0, 0, TimeSpan.Zero));

        Assert.Equal(new DateOnly(2011, 12, 29), schedule.DateOf(day.Start));
        Assert.Equal(new DateOnly(2011, 12, 31), schedule.DateOf(day.End));
    }

    [Theory]
    [InlineData("week", DayOfWeek.Monday, "2026-10-05", "2026-10-12")]
    [InlineData("week", DayOfWeek.Sunday, "2026-10-04", "2026-10-11")]
    [InlineData("week", DayOfWeek.Thursday, "2026-10-08", "2026-10-15")]
    [InlineData("week", DayOfWeek.Friday, "2026-10-02", "2026-10-09")]
    public void Weeks_begin_on_the_day_of_the_export(string interval, DayOfWeek day, string start, string end)
    {
        var week = new ExportSchedule(interval, "UTC", offsetDay: day).IntervalAt(new DateTimeOffset(2026, 10, 8, 12, 0, 0, TimeSpan.Zero));

        Assert.Equal((start, end), ($"{week.Start:yyyy-MM-dd}", $"{week.End:yyyy-MM-dd}"));
    }

    [Fact]
    public void Hours_are_those_of_UTC_in_any_zone()
    {
        var hour = new ExportSchedule("hour", "Asia/Kolkata", 3).IntervalAt(new DateTimeOffset(2026, 10, 8, 12, 40, 0, TimeSpan.Zero));

        Assert.Equal((12, 0), (hour.Start.Hour, hour.Start.Minute));
    }

    [Fact]
    public void Only_intervals_that_the_export_should_have_are_listed()
    {
        var noon = new DateTimeOffset(2026, 10, 8, 12, 0, 0, TimeSpan.Zero);
        var schedule = new ExportSchedule("hour")
        {
            CreatedAt = noon.AddMinutes(-150),
            StartAt = noon.AddHours(-1),
            EndAt = noon.AddHours(2),
        };

        var hours = schedule.IntervalsIn(new TimeRange(noon.AddDays(-1), noon.AddDays(1))).Select(hour => (hour.End - noon).TotalHours);

        Assert.Equal([-1.0, 0.0, 1.0, 2.0], hours);
    }

    [Theory]
    [InlineData("hour", null, 16)]
    [InlineData("day", null, 21)]
    [InlineData("week", null, 31)]
    [InlineData("every 15 minutes", null, 4)]
    [InlineData("every 5 minutes", null, 2)]
    [InlineData("every 30 minutes", null, 7)]
    public void A_run_is_due_when_the_delay_and_the_jitter_are_over(string interval, string? zone, int minutes)
    {
        var end = new DateTimeOffset(2026, 10, 8, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal(end.AddMinutes(minutes), new ExportSchedule(interval, zone).DueAt(end));
    }

    [Theory]
    [InlineData("fortnight", "UTC", "fortnight")]
    [InlineData("every 7 minutes", "UTC", "every 7 minutes")]
    [InlineData(null, "UTC", "interval")]
    [InlineData("day", "Mars/Olympus", "Mars/Olympus")]
    public void What_is_unknown_is_named(string? interval, string zone, string named)
    {
        var failure = Assert.Throws<UnknownScheduleException>(() => new ExportSchedule(interval, zone));

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.NotEqual("", failure.Remedy);
    }

    [Fact]
    public void Ranges_of_time_that_touch_or_overlap_are_one()
    {
        var noon = new DateTimeOffset(2026, 10, 8, 12, 0, 0, TimeSpan.Zero);
        var set = new TimeRangeSet();
        foreach (var (from, to) in new[] { (0, 1), (3, 4), (6, 8), (1, 2), (5, 5), (2, 3), (7, 9) })
            set.Add(new TimeRange(noon.AddHours(from), noon.AddHours(to)));

        var hours = set.Ranges.Select(range => ((range.Start - noon).TotalHours, (range.End - noon).TotalHours));
        Assert.Equal([(0.0, 4.0), (6.0, 9.0)], hours);
        Assert.True(set.Covers(new TimeRange(noon.AddHours(1), noon.AddHours(4))));
        Assert.False(set.Covers(new TimeRange(noon.AddHours(3), noon.AddHours(7))));
    }
}
