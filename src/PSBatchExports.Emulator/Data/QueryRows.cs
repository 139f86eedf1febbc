namespace PSBatchExports.Emulator.Data;

/// <summary>Generated results of a query: its columns, and one row for each hour of the interval.</summary>
internal sealed class QueryRows(int seed, IReadOnlyList<string> names, long count) : IRowSource
{
    public const long RowsWithoutBounds = 1000;

    private static readonly DateTimeOffset FirstTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public IReadOnlyList<Column> Columns { get; } = [.. names.Select(name => new Column(name, TypeOf(name)))];

    public long First => 0;

    public long Count => count;

    public static long CountOf(DateTimeOffset? start, DateTimeOffset? end) =>
        start is { } from && end is { } to ? (long)Math.Ceiling((to - from).TotalHours) : RowsWithoutBounds;

    public object?[] Row(long number)
    {
        var noise = new Noise(seed, number);
        var cells = new object?[Columns.Count];
        for (var column = 0; column < cells.Length; column++)
        {
            cells[column] = Columns[column].Type switch
            {
                ColumnType.Json => FormattableString.Invariant($$"""{"number":{{number}}}"""),
                ColumnType.Microseconds => FirstTime.AddHours(number).AddMicroseconds(number % 3),
                ColumnType.EpochSeconds => (uint)FirstTime.AddDays(number).ToUnixTimeSeconds(),
                ColumnType.Integer => (long)noise.NextInt(10000),
                _ => FormattableString.Invariant($"{Columns[column].Name}-{number}"),
            };
        }

        return cells;
    }

    /// <summary>The service nests columns of four names, in queries too, and writes dates as integers.</summary>
    private static ColumnType TypeOf(string name) => name switch
    {
        "properties" or "person_properties" or "set" or "set_once" => ColumnType.Json,
        "timestamp" or "created_at" or "_inserted_at" => ColumnType.Microseconds,
        "hour" or "day" or "date" or "week" or "month" => ColumnType.EpochSeconds,
        _ when name.Contains("count", StringComparison.OrdinalIgnoreCase) || name.EndsWith('s') => ColumnType.Integer,
        _ => ColumnType.Text,
    };
}
