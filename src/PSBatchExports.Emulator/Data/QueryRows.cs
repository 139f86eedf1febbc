namespace PSBatchExports.Emulator.Data;

/// <summary>Made-up results of a query: the columns it names, and as many rows as the interval has hours.</summary>
internal sealed class QueryRows(int seed, IReadOnlyList<string> names, long count) : IRowSource
{
    public const long RowsWithoutBounds = 1000;

    public IReadOnlyList<Column> Columns { get; } = [.. names.Select(n => new Column(n, IsNumber(n) ? typeof(long) : typeof(string)))];

    public static long CountOf(DateTimeOffset? start, DateTimeOffset? end) =>
        start is { } from && end is { } to ? (long)Math.Ceiling((to - from).TotalHours) : RowsWithoutBounds;

    public IEnumerable<object[]> Rows()
    {
        for (long number = 0; number < count; number++)
        {
            var noise = new Noise(seed, number);
            yield return [.. Columns.Select(c => c.CellType == typeof(long) ? (object)(long)noise.Below(10000) : FormattableString.Invariant($"{c.Name}-{number}"))];
        }
    }

    private static bool IsNumber(string name) =>
        name.Contains("count", StringComparison.OrdinalIgnoreCase) || name.EndsWith('s');
}
