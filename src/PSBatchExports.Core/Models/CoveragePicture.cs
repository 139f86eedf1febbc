using System.Globalization;
using System.Text;
using PSBatchExports.Text;

namespace PSBatchExports.Models;

/// <summary>
/// Draws the coverage of an export for a terminal: a row a day for intervals below one, a row a week for days, a row a year for weeks.
/// States differ by character, so that it can also be read without color.
/// </summary>
internal static class CoveragePicture
{
    private const int DefaultWidth = 80;
    private const int LabelWidth = 12;
    private const int BlockGap = 3;
    private const int MinRepeated = 3;
    private const char NotDue = '\u00B7';

    // From good to bad, since a cell for several intervals shows the worst.
    private static readonly (string State, char Mark)[] Marks =
    [
        (BatchExportCoverageState.Covered, '\u25A0'),
        (BatchExportCoverageState.Empty, '\u25A1'),
        (BatchExportCoverageState.Repeated, '2'),
        (BatchExportCoverageState.Running, 'R'),
        (BatchExportCoverageState.Paused, 'P'),
        (BatchExportCoverageState.Late, 'L'),
        (BatchExportCoverageState.Failed, 'F'),
        (BatchExportCoverageState.Missing, 'M'),
    ];

    private static readonly int[] CellsPerDay = [288, 144, 96, 48, 24];

    /// <summary>The picture, with a legend of the states in it; empty if there is nothing to show.</summary>
    /// <param name="timeline">The stretches.</param>
    /// <param name="width">The width of the terminal in columns; 0 if it is unknown.</param>
    public static string Draw(CoverageTimeline timeline, int width)
    {
        if (timeline.Stretches.Count == 0)
            return "";

        width = width < LabelWidth * 3 ? DefaultWidth : width;
        var rows = Fold(RowsOf(timeline, width)).ToArray();
        var labelWidth = rows.Max(row => row.Label.Length);
        var rowWidth = labelWidth + 1 + rows[0].Cells.Length;
        var columns = rows.Length <= 7 ? 1 : Math.Clamp((width + BlockGap) / (rowWidth + BlockGap), 1, 4);
        var height = (rows.Length + columns - 1) / columns;
        var text = new StringBuilder();
        for (var line = 0; line < height; line++)
        {
            for (var column = 0; column < columns && (column * height) + line < rows.Length; column++)
                AppendRow(rows[(column * height) + line], column == columns - 1 ? 0 : rowWidth + BlockGap);

            text.Append('\n');
        }

        return text.Append(Legend(timeline)).ToString();

        void AppendRow((string Label, Cell?[] Cells) row, int padTo)
        {
            text.Append(row.Label.PadRight(labelWidth)).Append(' ');
            AppendCells(text, row.Cells);
            text.Append(' ', Math.Max(0, padTo - rowWidth));
        }
    }

    private static IEnumerable<(string Label, Cell?[] Cells)> RowsOf(CoverageTimeline timeline, int width) => timeline.Interval switch
    {
        "week" => RowsOf(timeline, 53, start => (new DateOnly(start.Year, 1, 1), (start.DayOfYear - 1) / 7), "yyyy"),
        "day" => RowsOf(timeline, 7, start => (Monday(start), ((int)start.DayOfWeek + 6) % 7), "yyyy-MM-dd"),
        _ => RowsOfDays(timeline, CellsPerDay.First(cells => (cells <= Finest(timeline) && LabelWidth + cells <= width) || cells == 24)),
    };

    // More cells than intervals tell nothing.
    private static int Finest(CoverageTimeline timeline)
    {
        var first = timeline.Stretches[0];
        return (int)Math.Round(TimeSpan.FromDays(1) / ((first.End - first.Start) / first.Intervals));
    }

    private static DateOnly Monday(DateTime day) => DateOnly.FromDateTime(day).AddDays(-(((int)day.DayOfWeek + 6) % 7));

    private static IEnumerable<(string Label, Cell?[] Cells)> RowsOfDays(CoverageTimeline timeline, int cellsPerDay) =>
        RowsOf(
            timeline,
            cellsPerDay,
            start => (DateOnly.FromDateTime(start), (int)(start.TimeOfDay / TimeSpan.FromDays(1) * cellsPerDay)),
            "yyyy-MM-dd");

    private static IEnumerable<(string Label, Cell?[] Cells)> RowsOf(
        CoverageTimeline timeline, int cellsPerRow, Func<DateTime, (DateOnly Row, int Cell)> place, string labelFormat)
    {
        var rows = new SortedDictionary<DateOnly, Cell?[]>();
        foreach (var stretch in timeline.Stretches)
        {
            var length = (stretch.End - stretch.Start) / stretch.Intervals;
            var rank = Array.FindIndex(Marks, mark => mark.State == stretch.State);
            for (var index = 0; index < stretch.Intervals; index++)
            {
                // The middle of a day or week is on its date in any time zone; of a shorter interval, its start places it.
                var at = stretch.Start + (length * (timeline.Interval is "day" or "week" ? index + 0.5 : index));
                var (row, cell) = place(at.UtcDateTime);
                if (!rows.TryGetValue(row, out var cells))
                    rows[row] = cells = new Cell?[cellsPerRow];

                cells[cell] = cells[cell] is { } other && other.Rank > rank ? other : new Cell(rank);
            }
        }

        return rows.Select(row => (row.Key.ToString(labelFormat, CultureInfo.InvariantCulture), row.Value));
    }

    // Several rows that look alike, without a cell that differs, are one.
    private static IEnumerable<(string Label, Cell?[] Cells)> Fold(IEnumerable<(string Label, Cell?[] Cells)> rows)
    {
        var alike = new List<(string Label, Cell?[] Cells)>();
        foreach (var row in rows)
        {
            if (alike.Count > 0 && !(IsUniform(row.Cells) && row.Cells.SequenceEqual(alike[0].Cells)))
            {
                foreach (var folded in Folded(alike))
                    yield return folded;

                alike.Clear();
            }

            alike.Add(row);
        }

        foreach (var folded in Folded(alike))
            yield return folded;
    }

    private static List<(string Label, Cell?[] Cells)> Folded(List<(string Label, Cell?[] Cells)> alike) =>
        alike.Count < MinRepeated
            ? alike
            : [($"{alike[0].Label} .. {alike[^1].Label[^Math.Min(5, alike[^1].Label.Length)..]}", alike[0].Cells)];

    private static bool IsUniform(Cell?[] cells) => Array.TrueForAll(cells, cell => cell is not null && cell == cells[0]);

    private static void AppendCells(StringBuilder text, Cell?[] cells)
    {
        for (var index = 0; index < cells.Length;)
        {
            var end = index + 1;
            while (end < cells.Length && cells[end] == cells[index])
                end++;

            var run = new string(cells[index] is { } cell ? Marks[cell.Rank].Mark : NotDue, end - index);
            text.Append(cells[index] is { } state ? StateColor.Apply(run, $"{Marks[state.Rank].State}") : run);
            index = end;
        }
    }

    private static string Legend(CoverageTimeline timeline)
    {
        var present = timeline.Stretches.Select(stretch => stretch.State).ToHashSet();
        var entries = Marks
            .Where(mark => present.Contains(mark.State))
            .Select(mark => $"{StateColor.Apply($"{mark.Mark}", $"{mark.State}")} {$"{mark.State}".ToLowerInvariant()}");
        return string.Join("  ", entries);
    }

    private readonly record struct Cell(int Rank);
}
