namespace PSBatchExports.Emulator.State;

/// <summary>Creates the initial state.</summary>
internal static class Seeder
{
    /// <summary>
    /// Integrations of the main project: 731 aws-s3, 732 s3-compatible, 802 snowflake, 811 postgresql, 640 aws-redshift,
    /// 641 aws-redshift that stores no host, 915 google-cloud-service-account, 950 databricks, 966 azure-blob, 700 slack.
    /// </summary>
    private static readonly (int Id, string Kind, bool StoresHost)[] Integrations =
    [
        (731, "aws-s3", true),
        (732, "s3-compatible", true),
        (802, "snowflake", true),
        (811, "postgresql", true),
        (640, "aws-redshift", true),
        (641, "aws-redshift", false),
        (915, "google-cloud-service-account", true),
        (950, "databricks", true),
        (966, "azure-blob", true),
        (700, "slack", true),
    ];

    public static void Fill(EmulatorState state, EmulatorOptions options)
    {
        AddProjects(state, options);
        AddKeys(state, options);
        foreach (var (id, kind, storesHost) in Integrations)
            state.AddIntegration(new Integration(id, options.ProjectId, kind, storesHost));
        AddForeignExports(state, options);
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
        state.AddProject(new Project(options.ProjectId, options.OrganizationId));
        state.AddProject(new Project(options.ProjectId + WellKnown.OtherProjectOffset, options.OrganizationId));
        state.AddProject(new Project(options.ProjectId + WellKnown.ForeignProjectOffset, WellKnown.ForeignOrganizationId));
        state.AddProject(new Project(options.ProjectId + WellKnown.LockedProjectOffset, WellKnown.LockedOrganizationId));
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
