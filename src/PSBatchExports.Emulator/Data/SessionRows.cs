namespace PSBatchExports.Emulator.Data;

/// <summary>Sessions that ended within the interval.</summary>
internal sealed class SessionRows(int seed, int projectId, Occurrences occurrences) : IRowSource
{
    public IReadOnlyList<Column> Columns { get; } =
    [
        new("session_id", typeof(string)),
        new("team_id", typeof(long)),
        new("distinct_id", typeof(string)),
        new("start_timestamp", typeof(DateTimeOffset)),
        new("end_timestamp", typeof(DateTimeOffset)),
        new("duration", typeof(long)),
        new("pageview_count", typeof(long)),
    ];

    public IEnumerable<object[]> Rows()
    {
        for (var number = occurrences.First; number < occurrences.First + occurrences.Count; number++)
        {
            var noise = new Noise(seed, number);
            var end = occurrences.TimeOf(number);
            long duration = noise.Below(3600);
            yield return
            [
                noise.Id(end).ToString(),
                (long)projectId,
                People.DistinctId(noise.Below(People.Count)),
                end.AddSeconds(-duration),
                end,
                duration,
                (long)noise.Below(40),
            ];
        }
    }
}
