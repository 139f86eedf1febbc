using System.Globalization;
using PSBatchExports.Emulator.State;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>The boundaries of intervals, over changes of the clocks.</summary>
public class ScheduleGridTests
{
    private const int Monday = 24;

    /// <summary>Written by hand from the rules of each zone: a day begins at an hour of its local time.</summary>
    [Theory]
    [InlineData("UTC", 0, "2026-03-28", "2026-03-28T00:00Z 2026-03-29T00:00Z 2026-03-30T00:00Z 2026-03-31T00:00Z")]
    [InlineData("UTC", 7, "2026-10-24", "2026-10-24T07:00Z 2026-10-25T07:00Z 2026-10-26T07:00Z")]
    [InlineData("Europe/Berlin", 0, "2026-03-28", "2026-03-27T23:00Z 2026-03-28T23:00Z 2026-03-29T22:00Z 2026-03-30T22:00Z")]
    [InlineData("Europe/Berlin", 0, "2026-10-24", "2026-10-23T22:00Z 2026-10-24T22:00Z 2026-10-25T23:00Z 2026-10-26T23:00Z")]
    [InlineData("Europe/Berlin", 2, "2026-03-28", "2026-03-28T01:00Z 2026-03-29T01:00Z 2026-03-30T00:00Z")]
    [InlineData("Europe/Berlin", 3, "2026-03-28", "2026-03-28T02:00Z 2026-03-29T01:00Z 2026-03-30T01:00Z")]
    [InlineData("Europe/Berlin", 2, "2026-10-24", "2026-10-24T00:00Z 2026-10-25T00:00Z 2026-10-26T01:00Z")]
    [InlineData("America/New_York", 0, "2026-03-07", "2026-03-07T05:00Z 2026-03-08T05:00Z 2026-03-09T04:00Z")]
    [InlineData("America/New_York", 2, "2026-03-07", "2026-03-07T07:00Z 2026-03-08T07:00Z 2026-03-09T06:00Z")]
    [InlineData("America/New_York", 1, "2026-10-31", "2026-10-31T05:00Z 2026-11-01T05:00Z 2026-11-02T06:00Z")]
    [InlineData("America/New_York", 2, "2026-10-31", "2026-10-31T06:00Z 2026-11-01T07:00Z 2026-11-02T07:00Z")]
    [InlineData("Australia/Lord_Howe", 0, "2026-04-04", "2026-04-03T13:00Z 2026-04-04T13:00Z 2026-04-05T13:30Z")]
    [InlineData("Australia/Lord_Howe", 0, "2026-10-03", "2026-10-02T13:30Z 2026-10-03T13:30Z 2026-10-04T13:00Z")]
    [InlineData("Australia/Lord_Howe", 2, "2026-10-03", "2026-10-02T15:30Z 2026-10-03T15:30Z 2026-10-04T15:00Z")]
    public void Days_begin_at_their_local_hour(string timeZone, int hour, string firstDay, string expected)
    {
        var grid = new ScheduleGrid("day", hour, timeZone);
        var boundaries = Times(expected);
        var day = Time(firstDay + "T12:00Z");

        Assert.Equal(boundaries, grid.Boundaries(boundaries[0], boundaries[^1]));
        Assert.All(boundaries, boundary => Assert.Equal(boundary, grid.AtOrBefore(boundary)));
        Assert.All(boundaries.Skip(1), boundary => Assert.Equal(boundary, grid.After(boundary.AddTicks(-1))));
        Assert.InRange(day - boundaries[0], TimeSpan.Zero, TimeSpan.FromHours(24));
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-01", 23)]
    [InlineData("Europe/Berlin", "2026-10-01", 25)]
    [InlineData("America/New_York", "2026-03-01", 23)]
    [InlineData("America/New_York", "2026-10-20", 25)]
    [InlineData("Australia/Lord_Howe", "2026-04-01", 24.5)]
    [InlineData("Australia/Lord_Howe", "2026-10-01", 23.5)]
    public void One_day_has_another_length_where_the_clocks_change(string timeZone, string from, double hours)
    {
        var start = Time(from + "T00:00Z");
        var lengths = new ScheduleGrid("day", 5, timeZone).Between(start, start.AddDays(40)).Select(day => day.End - day.Start).ToArray();

        Assert.Equal(TimeSpan.FromHours(hours), Assert.Single(lengths, length => length != TimeSpan.FromDays(1)));
    }

    [Fact]
    public void Weeks_begin_on_their_day()
    {
        var grid = new ScheduleGrid("week", Monday + 6, "Europe/Berlin");
        var weeks = Times("2026-10-12T04:00Z 2026-10-19T04:00Z 2026-10-26T05:00Z 2026-11-02T05:00Z");

        Assert.Equal(weeks, grid.Boundaries(Time("2026-10-10T00:00Z"), Time("2026-11-08T00:00Z")));
        Assert.Equal(weeks[1], grid.AtOrBefore(Time("2026-10-26T04:59Z")));
    }

    [Theory]
    [InlineData("hour", 4)]
    [InlineData("every 15 minutes", 16)]
    [InlineData("every 5 minutes", 48)]
    public void Short_intervals_ignore_the_time_zone(string interval, int count)
    {
        var (from, to) = (Time("2026-10-24T23:00Z"), Time("2026-10-25T03:00Z"));
        var found = new ScheduleGrid(interval, 0, "Australia/Lord_Howe").Between(from, to).ToArray();

        Assert.Equal(count, found.Length);
        Assert.Equal((from, to), (found[0].Start, found[^1].End));
        Assert.All(found, one => Assert.Equal(Intervals.LengthOf(interval), one.End - one.Start));
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("UTC")]
    [InlineData("Africa/Casablanca")]
    [InlineData("America/St_Johns")]
    public void Intervals_cover_ten_years_without_holes_or_overlaps(string timeZone)
    {
        var from = Time("2020-01-01T00:00Z");
        for (var hour = 0; hour < 24; hour++)
        {
            var days = new ScheduleGrid("day", hour, timeZone).Between(from, from.AddYears(10)).ToArray();

            Assert.Equal(3652.0, days.Length, tolerance: 1.0);
            Assert.All(days, day => Assert.InRange((day.End - day.Start).TotalHours, 22.5, 25.5));
            Assert.All(days.Zip(days.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
        }
    }

    [Fact]
    public void Steps_from_a_boundary_are_those_of_the_grid()
    {
        var grid = new ScheduleGrid("day", 2, "Europe/Berlin");
        var (from, to) = (Time("2026-03-29T01:00Z"), Time("2026-04-01T00:00Z"));

        Assert.Equal(grid.Between(from, to), grid.Steps(from, to));
        Assert.Equal(3, grid.Steps(from, to).Count());
        Assert.Equal(2, grid.Steps(from, to.AddTicks(-1)).Count());
    }

    [Fact]
    public void Steps_from_elsewhere_have_the_length_of_an_interval()
    {
        var hours = new ScheduleGrid("hour", 0, "UTC").Steps(Time("2026-10-01T10:30Z"), Time("2026-10-01T13:00Z"));
        var days = new ScheduleGrid("day", 0, "Europe/Berlin").Steps(Time("2026-10-24T10:30Z"), Time("2026-10-26T11:30Z"));

        Assert.Equal(Times("2026-10-01T11:30Z 2026-10-01T12:30Z"), hours.Select(hour => hour.End));
        Assert.Equal(Times("2026-10-25T11:30Z 2026-10-26T11:30Z"), days.Select(day => day.End));
    }

    private static DateTimeOffset[] Times(string text) => [.. text.Split(' ').Select(Time)];

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
