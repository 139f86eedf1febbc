namespace PSBatchExports.Emulator.Data;

/// <summary>Finds the rows that a specification asks for.</summary>
internal static class RowSources
{
    private const int EventsPerPersonUpdate = 10;

    public static IRowSource For(OnDemandSpecification specification, int projectId, EmulatorOptions options)
    {
        if (specification.Model == "hogql")
            return new QueryRows(options.Seed, specification.Columns, QueryRows.CountOf(specification.Start, specification.End));

        var start = specification.Start!.Value;
        var end = specification.End!.Value;
        var rarer = Occurrences.Between(start, end, Math.Max(1, options.EventsPerHour / EventsPerPersonUpdate));
        return specification.Model switch
        {
            "persons" => new PersonRows(options.Seed, projectId, rarer),
            "sessions" => new SessionRows(options.Seed, projectId, rarer),
            _ => new EventRows(
                options.Seed, projectId, Occurrences.Between(start, end, options.EventsPerHour), specification.Include, specification.Exclude),
        };
    }
}
