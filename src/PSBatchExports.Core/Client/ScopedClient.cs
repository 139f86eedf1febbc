using PSBatchExports.Backfills;
using PSBatchExports.Http;
using PSBatchExports.OnDemand;

namespace PSBatchExports;

/// <summary>The client for one project or organization. It shares the connections of its <see cref="BatchExportClient"/>.</summary>
public sealed class ScopedClient
{
    internal ScopedClient(Api api, KnownRuns runs, KnownBackfills backfills)
    {
        Scope = api.Scope;
        Exports = new ExportsClient(api);
        OnDemandRuns = new OnDemandRunsClient(api, runs);
        Runs = new RunsClient(api, backfills);
        Files = new FilesClient(api, OnDemandRuns, runs);
        Logs = new LogsClient(api);
        Backfills = new BackfillsClient(api, Exports, backfills);
        Coverage = new CoverageClient(api, Runs, Backfills);
        Health = new HealthClient(api, Coverage, Logs);
        DestinationTests = new DestinationTestsClient(api, Exports);
        Integrations = new IntegrationsClient(api, Exports);
        IntegrationSwitch = new IntegrationSwitch(Integrations, Exports, DestinationTests);
        Configurations = new ConfigurationsClient(api, Exports, Integrations);
        Copies = new ExportCopyClient(api, Exports, Integrations);
    }

    /// <summary>The project or organization.</summary>
    public ApiScope Scope { get; }

    /// <summary>Scheduled exports.</summary>
    public ExportsClient Exports { get; }

    /// <summary>Runs of scheduled exports; projects only.</summary>
    public RunsClient Runs { get; }

    /// <summary>On-demand runs, which produce files; projects only.</summary>
    public OnDemandRunsClient OnDemandRuns { get; }

    /// <summary>The files of on-demand runs; projects only.</summary>
    public FilesClient Files { get; }

    /// <summary>Logs of exports and runs.</summary>
    public LogsClient Logs { get; }

    /// <summary>Backfills of scheduled exports; projects only.</summary>
    public BackfillsClient Backfills { get; }

    /// <summary>Which intervals of an export were exported, and which were not; projects only.</summary>
    public CoverageClient Coverage { get; }

    /// <summary>Until when the data of exports is whole; projects only.</summary>
    public HealthClient Health { get; }

    /// <summary>Checks of destinations.</summary>
    public DestinationTestsClient DestinationTests { get; }

    /// <summary>Stored credentials; projects only.</summary>
    public IntegrationsClient Integrations { get; }

    /// <summary>Switches exports to another stored credential; projects only.</summary>
    public IntegrationSwitch IntegrationSwitch { get; }

    /// <summary>Configuration files of exports; projects only.</summary>
    public ConfigurationsClient Configurations { get; }

    /// <summary>Copies of exports of other projects, or of this one; projects only.</summary>
    public ExportCopyClient Copies { get; }
}
