namespace PSBatchExports.Emulator.State;

/// <summary>Creates the initial state.</summary>
internal static class Seeder
{
    public static void Fill(EmulatorState state, EmulatorOptions options)
    {
        AddProjects(state, options);
        AddKeys(state, options);
        SampleIntegrations.Add(state, options);
        AddForeignExports(state, options);
        for (var project = 0; project < options.Projects; project++)
            AddExports(state, options with { ProjectId = options.ProjectId + WellKnown.FurtherProjectsOffset + project });

        AddExports(state, options);
    }

    private static void AddExports(EmulatorState state, EmulatorOptions options)
    {
        for (var index = options.Exports - 1; index >= 0; index--)
            SampleExports.Add(state, options, index, SampleExports.NameOf(index), new SampleSettings());
    }

    public static IReadOnlyList<StoredExport> AddExports(
        EmulatorState state, EmulatorOptions options, int count, string namePrefix, SampleSettings settings)
    {
        var first = state.Exports.Count;
        return
        [
            .. Enumerable.Range(0, count).Select(n =>
                SampleExports.Add(state, options, first + n, FormattableString.Invariant($"{namePrefix}{n + 1:0000}"), settings)),
        ];
    }

    private static void AddProjects(EmulatorState state, EmulatorOptions options)
    {
        state.AddOrganization(new Organization(options.OrganizationId, "Acme"));
        state.AddOrganization(new Organization(WellKnown.ForeignOrganizationId, "Globex"));
        state.AddOrganization(new Organization(WellKnown.LockedOrganizationId, "Initech", AllowsKeys: false));
        AddProject(0, options.OrganizationId, "Acme web", "Europe/Berlin");
        AddProject(WellKnown.OtherProjectOffset, options.OrganizationId, "Acme staging");
        AddProject(WellKnown.ForeignProjectOffset, WellKnown.ForeignOrganizationId, "Globex");
        AddProject(WellKnown.LockedProjectOffset, WellKnown.LockedOrganizationId, "Initech");
        for (var index = 0; index < options.Projects; index++)
        {
            var name = FormattableString.Invariant($"Acme {index + 1:000}");
            AddProject(WellKnown.FurtherProjectsOffset + index, options.OrganizationId, name);
        }

        void AddProject(int offset, Guid organization, string name, string timeZone = "UTC") =>
            state.AddProject(new Project(options.ProjectId + offset, organization)
            {
                Name = name,
                TimeZone = timeZone,
                HasEvents = offset == 0,
                Token = FormattableString.Invariant($"phc_exampleexampleexampleexample{state.Projects.Count + 1:0000}"),
            });
    }

    private static void AddKeys(EmulatorState state, EmulatorOptions options)
    {
        state.AddKey(new EmulatorKey(options.ApiKey));
        state.AddKey(new EmulatorKey(WellKnown.ReadOnlyKey) { Scopes = ["batch_export:read"] });
        state.AddKey(new EmulatorKey(WellKnown.UnrelatedScopeKey) { Scopes = ["insight:read"] });
        state.AddKey(new EmulatorKey(WellKnown.ThisProjectKey) { ScopedProjects = [options.ProjectId] });
        state.AddKey(new EmulatorKey(WellKnown.OtherProjectKey) { ScopedProjects = [options.ProjectId + WellKnown.OtherProjectOffset] });
        state.AddKey(new EmulatorKey(WellKnown.OtherOrganizationKey) { ScopedOrganizations = [WellKnown.ForeignOrganizationId] });
        state.AddKey(new EmulatorKey(WellKnown.StrangerKey) { Memberships = [WellKnown.ForeignOrganizationId] });
        state.AddKey(new EmulatorKey(WellKnown.ViewerKey) { ViewerOnly = true });
        state.AddKey(new EmulatorKey(WellKnown.MemberKey) { IsProjectAdmin = false });
    }

    private static void AddForeignExports(EmulatorState state, EmulatorOptions options)
    {
        var at = state.Now.AddDays(-90);
        state.AddExport(SampleExports.CreateHttp(
            state.Ids.Past(at), options.ProjectId + WellKnown.OtherProjectOffset, "staging-events-http", at));
        state.AddExport(SampleExports.CreateHttp(
            WellKnown.ForeignExportId, options.ProjectId + WellKnown.ForeignProjectOffset, "globex-events", at));
    }
}
