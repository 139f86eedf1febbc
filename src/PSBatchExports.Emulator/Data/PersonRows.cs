namespace PSBatchExports.Emulator.Data;

/// <summary>Distinct ids whose person changed within the interval.</summary>
internal sealed class PersonRows(int seed, int projectId, Occurrences changes) : IRowSource
{
    private const int PersonsPerDeletion = 50;

    public IReadOnlyList<Column> Columns { get; } =
    [
        new("team_id", ColumnType.Integer),
        new("distinct_id", ColumnType.Text),
        new("person_id", ColumnType.Text),
        new("properties", ColumnType.Json),
        new("person_distinct_id_version", ColumnType.Integer),
        new("person_version", ColumnType.Unsigned),
        new("created_at", ColumnType.Milliseconds),
        new("_inserted_at", ColumnType.EpochSeconds),
        new("is_deleted", ColumnType.Boolean),
    ];

    public long First => changes.First;

    public long Count => changes.Count;

    public object?[] Row(long number)
    {
        var person = (int)(number % SamplePersons.Count);
        return
        [
            (long)projectId,
            SamplePersons.DistinctId(person),
            SamplePersons.Id(seed, person).ToString(),
            SamplePersons.Properties(person),
            (long)(person % 3),
            (ulong)(number / SamplePersons.Count),
            SamplePersons.CreatedAt(person),
            (uint)changes.TimeOf(number).ToUnixTimeSeconds(),
            number % PersonsPerDeletion == 0,
        ];
    }
}
