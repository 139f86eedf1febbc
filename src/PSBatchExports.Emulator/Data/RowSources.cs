namespace PSBatchExports.Emulator.Data;

/// <summary>Creates the row source of a run.</summary>
internal static class RowSources
{
    private const int EventsPerPersonUpdate = 10;

    public static IRowSource For(OnDemandRun run, EmulatorOptions options)
    {
        var specification = run.Specification;
        if (specification.Model == "hogql")
            return new QueryRows(options.Seed, specification.Columns, QueryRows.CountOf(specification.Start, specification.End));

        var start = specification.Start!.Value;
        var end = specification.End!.Value;
        var updates = Occurrences.Between(start, end, Math.Max(1, options.EventsPerHour / EventsPerPersonUpdate));
        return specification.Model switch
        {
            "persons" => new PersonRows(options.Seed, run.ProjectId, updates),
            "sessions" => new SessionRows(options.Seed, run.ProjectId, updates),
            _ => new EventRows(
                options.Seed,
                new EventTimeline(options.Seed, options.EventsPerHour),
                start,
                end,
                EventTimeline.IsRecent(start, run.CreatedAt),
                specification.Include,
                specification.Exclude),
        };
    }
}
