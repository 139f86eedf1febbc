using System.Text.RegularExpressions;
using PSBatchExports.Coverage;
using PSBatchExports.Reports;
using Xunit;

namespace PSBatchExports.Core.Tests.Reports;

/// <summary>Pictures show what is in their tables.</summary>
public sealed partial class ReportPictureTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Strip_shows_one_missing_interval_of_five_minutes_in_a_year()
    {
        var report = Report(
            TimeSpan.FromDays(365),
            (BatchExportCoverageState.Covered, 50_000),
            (BatchExportCoverageState.Missing, 1),
            (BatchExportCoverageState.Covered, 55_119));

        var strip = Strip(report);

        Assert.Matches("class=\"s s-missing\" d=\"M[0-9]+ 0h1v4h-1zM[0-9]+ 20h1v4h-1z\"", strip);
        Assert.Contains("105,120 intervals: 105,119 covered, 1 missing.", strip);
    }

    [Theory]
    [InlineData(BatchExportCoverageState.Missing, BatchExportCoverageState.Failed)]
    [InlineData(BatchExportCoverageState.Failed, BatchExportCoverageState.Late)]
    [InlineData(BatchExportCoverageState.Late, BatchExportCoverageState.Paused)]
    [InlineData(BatchExportCoverageState.Running, BatchExportCoverageState.Repeated)]
    [InlineData(BatchExportCoverageState.Repeated, BatchExportCoverageState.Covered)]
    public void Column_of_several_intervals_shows_the_worst(string worse, string better)
    {
        var columns = Enumerable.Range(0, 40_000).Select(index => (index % 2 == 0 ? worse : better, 1)).ToArray();

        var strip = Strip(Report(TimeSpan.FromDays(100), columns));

        Assert.Contains($"s-{worse}".ToLowerInvariant(), strip);
        Assert.DoesNotContain($"s-{better}".ToLowerInvariant(), strip);
    }

    [Fact]
    public void States_have_different_shapes()
    {
        string[] states =
        [
            BatchExportCoverageState.Covered, BatchExportCoverageState.Empty, BatchExportCoverageState.Missing,
            BatchExportCoverageState.Failed, BatchExportCoverageState.Late, BatchExportCoverageState.Running,
            BatchExportCoverageState.Paused, BatchExportCoverageState.Repeated,
        ];

        var shapes = states.Select(state => Shape().Match(Strip(Report(TimeSpan.FromDays(1), (state, 24)))).Groups["path"].Value);

        Assert.Equal(states.Length, shapes.Distinct().Count(shape => shape.Length > 0));
    }

    [Fact]
    public void Rows_are_counted_by_day_in_UTC()
    {
        var totals = new RowTotals(new ExportSchedule("hour"));
        for (var hour = 22; hour < 50; hour++)
            totals.Add(Interval(hour, BatchExportCoverageState.Covered, 10));

        Assert.Equal([20, 240, 20], totals.Counted.Select(rows => rows.Records));
        Assert.Equal([1, 2, 3], totals.Counted.Select(rows => rows.Range.Start.Day));
    }

    [Fact]
    public void Rows_of_a_day_are_unknown_if_those_of_one_interval_are()
    {
        var totals = new RowTotals(new ExportSchedule("hour"));
        totals.Add(Interval(0, BatchExportCoverageState.Covered, 10));
        totals.Add(Interval(1, BatchExportCoverageState.Covered, records: null));
        totals.Add(Interval(2, BatchExportCoverageState.Covered, 10));
        totals.Add(Interval(24, BatchExportCoverageState.Covered, 10));
        totals.Add(Interval(25, BatchExportCoverageState.Missing, records: null));

        Assert.Equal([null, 10], totals.Counted.Select(rows => rows.Records));
    }

    [Fact]
    public void Rows_of_a_daily_export_are_those_of_its_own_days()
    {
        var schedule = new ExportSchedule("day", "Europe/Berlin");
        var totals = new RowTotals(schedule);
        foreach (var day in schedule.IntervalsIn(new TimeRange(Start, Start.AddDays(3))))
            totals.Add(new IntervalCoverage(day, BatchExportCoverageState.Covered, 7));

        Assert.Equal([7, 7, 7, 7], totals.Counted.Select(rows => rows.Records));
        Assert.Equal([1, 2, 3, 4], totals.Counted.Select(rows => RowChart.DateOf(rows.Range).Day));
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(5, 6)]
    [InlineData(30, 6)]
    [InlineData(90, 7)]
    [InlineData(365, 7)]
    [InlineData(3650, 11)]
    public void Axis_has_labels_but_few(int days, int max)
    {
        using var output = new StringWriter();
        TimeAxis.WriteLabels(new HtmlWriter(output), new TimeRange(Start, Start.AddDays(days)));

        Assert.InRange(output.ToString().Split("<text ").Length - 1, 1, max);
    }

    [GeneratedRegex("<path class=\"s [^\"]*\" d=\"(?<path>[^\"]*)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Shape();

    private static IntervalCoverage Interval(int hour, string state, long? records) =>
        new(new TimeRange(Start.AddHours(hour), Start.AddHours(hour + 1)), state, records);

    private static string Strip(ExportReport report)
    {
        using var output = new StringWriter();
        CoverageStrip.Write(new HtmlWriter(output), report, columns: 720, hasRuler: true);
        return output.ToString();
    }

    private static ExportReport Report(TimeSpan window, params (string State, int Intervals)[] stretches)
    {
        var length = window / stretches.Sum(stretch => stretch.Intervals);
        var coverage = new List<BatchExportCoverage>();
        var at = Start;
        foreach (var (state, intervals) in stretches)
        {
            var end = at + (length * intervals);
            coverage.Add(new BatchExportCoverage { BatchExportId = "x", Start = at, End = end, Intervals = intervals, State = state });
            at = end;
        }

        return SampleReports.Of("x") with { Window = new TimeRange(Start, Start + window), Coverage = coverage };
    }
}
