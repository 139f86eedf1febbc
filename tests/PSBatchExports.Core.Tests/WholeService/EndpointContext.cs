using PSBatchExports.Emulator;

namespace PSBatchExports.Core.Tests.WholeService;

/// <summary>What a call of an endpoint needs: a scope, and one of each resource.</summary>
internal sealed class EndpointContext : IAsyncDisposable
{
    public const string WholeHistory = "after=2000-01-01T00:00:00Z";

    public const string LogQueryText =
        "limit=500&after=2026-10-01T00:00:00Z&before=2026-10-02T00:00:00Z" +
        "&level=WARN,WARNING,ERROR&search=time out&instance_id=i-1";

    public const string NewExportBody =
        """{"name":"new","destination":{"type":"HTTP","config":{"url":"https://eu.i.posthog.com/batch/","token":"phc_target"}}""" +
        ""","interval":"hour"}""";

    /// <summary>The data interval as fields of a body.</summary>
    public const string IntervalFields = """
        "data_interval_start":"2026-10-01T00:00:00Z","data_interval_end":"2026-10-02T00:00:00Z"
        """;

    public const string NewRunBody =
        """{"file":{"format":"JSONLines","compression":"gzip","max_size_mb":0},"include":["a"],"exclude":["b"]""" +
        $$""","model":"events",{{IntervalFields}}}""";

    private readonly TestService _service;

    private EndpointContext(TestService service, Endpoint endpoint)
    {
        _service = service;
        var project = $"{service.Emulator.Options.ProjectId}";
        Scope = endpoint.Place switch
        {
            "organizations" => ApiScope.Organization(service.Emulator.Options.OrganizationId.ToString()),
            "environments" => ApiScope.Project(project, ApiPath.Environments),
            _ => ApiScope.Project(project),
        };

        var export = service.AddExport();
        Export = export.Id.ToString();
        Run = service.AddScheduledRun(export, TimeSpan.FromHours(3), RunStatus.Running).Id.ToString();
        Backfill = service.AddBackfill(export).Id.ToString();
        ActiveRun = service.AddRun(RunStatus.Running).Id.ToString();
    }

    public static LogQuery LogQuery { get; } = new()
    {
        After = Day(1),
        Before = Day(2),
        Levels = ["warn", "ERROR"],
        Search = "time out",
        InstanceId = "i-1",
    };

    public static OnDemandRunRequest Query { get; } = new()
    {
        Model = "hogql",
        HogQLQuery = "SELECT event FROM events",
        HogQLModifiers = new Dictionary<string, object?> { ["optimizeProjections"] = true },
        DataIntervalStart = Day(1),
        DataIntervalEnd = Day(2),
    };

    public BatchExportClient Client => _service.Client;

    public IReadOnlyList<RecordedRequest> Requests => _service.Requests;

    public ApiScope Scope { get; }

    public string Export { get; }

    public string Run { get; }

    public string Backfill { get; }

    public string ActiveRun { get; }

    public DateTimeOffset Start { get; } = Day(1);

    public DateTimeOffset End { get; } = Day(2);

    public RunQuery RunQuery => new() { After = Start, Before = _service.Clock.GetUtcNow(), Statuses = ["running", "Failed"] };

    public BatchExportFields NewExport { get; } = new()
    {
        Name = "new",
        Interval = "hour",
        Destination = BatchExportDestination.Create(
            "HTTP",
            new Dictionary<string, object?> { ["url"] = "https://eu.i.posthog.com/batch/", ["token"] = "phc_target" }),
    };

    public BatchExportFields NewBucketExport { get; } = new()
    {
        Name = "new",
        Interval = "hour",
        Destination = BatchExportDestination.Create(
            "AwsS3",
            new Dictionary<string, object?> { ["bucket_name"] = "b", ["region"] = "r", ["prefix"] = "p" },
            731),
    };

    public OnDemandRunRequest NewRun => new()
    {
        Model = "events",
        Format = "JSONLines",
        Compression = "gzip",
        MaxFileSizeMB = 0,
        Include = ["a"],
        Exclude = ["b"],
        DataIntervalStart = Start,
        DataIntervalEnd = End,
    };

    public static async Task<EndpointContext> StartAsync(Endpoint endpoint) => new(await TestService.StartAsync(), endpoint);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    /// <summary>Asks for the signed URL of a part of a completed run: of its only one, or by name, as of one among several.</summary>
    public async Task DescribeAsync(bool byName)
    {
        var run = await Client.In(Scope).OnDemandRuns.StartAsync(NewRun with { Include = null });
        _service.Clock.Advance(_service.Emulator.Options.RunDuration);
        var file = (await Client.In(Scope).Files.ListAsync(run.RunId!))[0];
        await Client.In(Scope).Files.DescribeAsync(byName ? file with { IsOnly = false } : file);
    }

    private static DateTimeOffset Day(int day) => new(2026, 10, day, 0, 0, 0, TimeSpan.Zero);
}
