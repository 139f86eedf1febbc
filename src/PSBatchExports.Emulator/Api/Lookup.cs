namespace PSBatchExports.Emulator.Api;

/// <summary>Finds the objects that a path names, within its project or organization.</summary>
internal static class Lookup
{
    public static IEnumerable<StoredExport> ExportsOf(EmulatorState state, ApiContext context)
    {
        if (context.Prefix != Prefix.Organizations)
            return state.Exports.Where(e => e.ProjectId == context.Project.Id);

        var projects = state.Projects.Where(p => p.OrganizationId == context.Organization.Id);
        var projectIds = projects.Select(p => p.Id).ToHashSet();
        return state.Exports.Where(e => projectIds.Contains(e.ProjectId));
    }

    public static StoredExport Export(EmulatorState state, ApiContext context) =>
        FindExport(state, context, "id") ?? throw Problem.NotFound();

    public static StoredExport? FindExport(EmulatorState state, ApiContext context, string name) =>
        context.Id(name) is { } id ? ExportsOf(state, context).FirstOrDefault(e => e.Id == id) : null;

    public static OnDemandRun OnDemandRun(EmulatorState state, ApiContext context) =>
        (context.Id("id") is { } id ? state.OnDemandRuns.FirstOrDefault(r => r.Id == id && r.ProjectId == context.Project.Id) : null)
        ?? throw Problem.NotFound();
}
