namespace PSBatchExports.Emulator.Data;

/// <summary>Persons updated within the interval.</summary>
internal sealed class PersonRows(int seed, int projectId, Occurrences occurrences) : IRowSource
{
    public IReadOnlyList<Column> Columns { get; } =
    [
        new("team_id", typeof(long)),
        new("distinct_id", typeof(string)),
        new("person_id", typeof(string)),
        new("properties", typeof(JsonText)),
        new("person_version", typeof(long)),
        new("created_at", typeof(DateTimeOffset)),
    ];

    public IEnumerable<object[]> Rows()
    {
        for (var number = occurrences.First; number < occurrences.First + occurrences.Count; number++)
        {
            var person = (int)(number % People.Count);
            yield return
            [
                (long)projectId,
                People.DistinctId(person),
                People.Id(seed, person).ToString(),
                new JsonText(People.Properties(person)),
                number / People.Count,
                occurrences.TimeOf(number),
            ];
        }
    }
}
