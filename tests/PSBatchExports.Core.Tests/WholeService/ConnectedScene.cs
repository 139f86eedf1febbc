using System.Globalization;
using System.Security;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using PSBatchExports.Core.Tests.EmulatorTests;
using PSBatchExports.Emulator;

namespace PSBatchExports.Core.Tests.WholeService;

/// <summary>An emulator and a client of it, on one clock that stands still until it is told to go on.</summary>
internal sealed class ConnectedScene : IAsyncDisposable, IRequestObserver
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly Scene _scene;
    private readonly List<string> _warnings = [];

    private ConnectedScene(Scene scene)
    {
        _scene = scene;
        Project = ApiScope.Project(scene.Host.Options.ProjectId.ToString(CultureInfo.InvariantCulture));
        Client = new BatchExportClient(new BatchExportClientOptions
        {
            ApiHost = scene.Host.ApiOrigin,
            ApiKey = Secret(scene.Host.ApiKey),
            MaximumRetryCount = 0,
            TimeProvider = scene.Clock,
        }).WithObserver(this);
    }

    public ApiScope Project { get; }

    public BatchExportClient Client { get; }

    public EmulatorState State => _scene.State;

    public FakeTimeProvider Clock => _scene.Clock;

    public DateTimeOffset Now => Clock.GetUtcNow();

    public Scene Scene => _scene;

    public IReadOnlyList<RecordedRequest> Requests => _scene.Host.Requests.Snapshot();

    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_warnings)
                return [.. _warnings];
        }
    }

    public static async Task<ConnectedScene> StartAsync(Func<EmulatorOptions, EmulatorOptions>? change = null) => new(await Scene.StartAsync(change));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _scene.DisposeAsync();
    }

    public void Break(Fault fault) => _scene.Host.Faults.Add(fault);

    public StoredExport AddExport(string interval = "hour", string type = "AwsS3", int? integration = 731, string? config = null, string timeZone = "UTC", int offsetHours = 0)
    {
        var export = new StoredExport
        {
            Id = Guid.NewGuid(),
            ProjectId = _scene.Host.Options.ProjectId,
            Name = "nightly",
            DestinationType = type,
            Config = JsonNode.Parse(config ?? """{"bucket_name":"b","region":"r","prefix":"p"}""")!.AsObject(),
            Integration = integration,
            Interval = interval,
            TimeZone = timeZone,
            OffsetHours = offsetHours,
            CreatedAt = Now.AddDays(-500),
            LastUpdatedAt = Now.AddDays(-500),
        };
        State.AddExport(export);
        return export;
    }

    /// <summary>A run over the hour before it was made.</summary>
    public ScheduledRun AddRun(StoredExport export, TimeSpan age, string status = RunStatus.Completed)
    {
        var run = new ScheduledRun
        {
            Id = Guid.NewGuid(),
            ExportId = export.Id,
            DataIntervalStart = Now - age - TimeSpan.FromHours(1),
            DataIntervalEnd = Now - age,
            CreatedAt = Now - age,
            LastUpdatedAt = Now - age,
            Status = status,
        };
        State.AddRun(run);
        return run;
    }

    public StoredBackfill AddBackfill(StoredExport export, TimeSpan? visibleAfter = null)
    {
        var backfill = new StoredBackfill
        {
            Id = Guid.NewGuid(),
            ExportId = export.Id,
            ProjectId = export.ProjectId,
            StartAt = Now.AddDays(-2),
            EndAt = Now.AddDays(-1),
            CreatedAt = Now,
            Duration = TimeSpan.FromMinutes(100),
            TotalRuns = 24,
            VisibleFrom = Now + (visibleAfter ?? TimeSpan.Zero),
        };
        State.AddBackfill(backfill);
        return backfill;
    }

    public OnDemandRun AddOnDemandRun(string status)
    {
        var run = new OnDemandRun
        {
            Id = Guid.NewGuid(),
            OnDemandId = Guid.NewGuid(),
            ProjectId = _scene.Host.Options.ProjectId,
            CreatedAt = Now,
            Duration = TimeSpan.FromHours(1),
            Specification = new OnDemandSpecification { Format = "JSONLines", Start = Now.AddDays(-1), End = Now.AddDays(-1).AddHours(1) },
        };
        run.Force(status);
        State.AddOnDemandRun(run);
        return run;
    }

    /// <summary>Lets time pass, a second at a time, until the work has ended.</summary>
    public async Task<T> WhileTimePassesAsync<T>(Task<T> work)
    {
        var limit = Task.Delay(s_limit);
        while (await Task.WhenAny(work, limit, Task.Delay(10)) != work)
        {
            if (limit.IsCompleted)
                throw new TimeoutException("The work did not end.");

            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        return await work;
    }

    public static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> source)
    {
        var items = new List<T>();
        await foreach (var item in source)
            items.Add(item);

        return items;
    }

    public void OnRequest(string summary, Func<string> details)
    {
    }

    public void OnResponse(string summary, Func<string> details)
    {
    }

    public void OnWait(string reason, TimeSpan delay, DateTimeOffset until)
    {
    }

    public void OnWarning(string message)
    {
        lock (_warnings)
            _warnings.Add(message);
    }

    private static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
            secret.AppendChar(character);

        return secret;
    }
}
