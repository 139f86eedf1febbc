using System.Net;
using System.Net.Sockets;
using System.Security;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator;

namespace PSBatchExports.Core.Tests;

/// <summary>An emulator, a client that talks to it over real sockets, and the clock of both.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly List<BatchExportClient> _clients = [];
    private int _exports;

    private TestService(EmulatorHost emulator, TestClock clock, Func<BatchExportClientOptions, BatchExportClientOptions> connect)
    {
        Emulator = emulator;
        Clock = clock;
        Observer = new RecordingObserver(clock);
        Project = ApiScope.Project(emulator.Options.ProjectId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Client = Connect(connect);
    }

    public EmulatorHost Emulator { get; }

    public TestClock Clock { get; }

    public RecordingObserver Observer { get; }

    public ApiScope Project { get; }

    /// <summary>A client without retries and with a timeout of ten minutes, unless configured otherwise.</summary>
    public BatchExportClient Client { get; }

    public IReadOnlyList<RecordedRequest> Requests => Emulator.Requests.Snapshot();

    public IReadOnlyList<RecordedRequest> StorageRequests => Emulator.StorageRequests.Snapshot();

    public static async Task<TestService> StartAsync(
        Func<EmulatorOptions, EmulatorOptions>? configure = null,
        Func<BatchExportClientOptions, BatchExportClientOptions>? connect = null)
    {
        var clock = new TestClock();
        var options = new EmulatorOptions { Exports = 0, TimeProvider = clock };
        return new TestService(await EmulatorHost.StartAsync(configure?.Invoke(options) ?? options), clock, connect ?? (client => client));
    }

    /// <summary>Another client of the same emulator.</summary>
    public BatchExportClient Connect(Func<BatchExportClientOptions, BatchExportClientOptions> configure)
    {
        var client = new BatchExportClient(configure(OptionsFor(Emulator.ApiOrigin, Emulator.ApiKey, Clock))).WithObserver(Observer);
        _clients.Add(client);
        return client;
    }

    public static BatchExportClientOptions OptionsFor(Uri host, string key, TimeProvider clock) => new()
    {
        ApiHost = host,
        ApiKey = Secret(key),
        MaximumRetryCount = 0,
        Timeout = TimeSpan.FromMinutes(10),
        TimeProvider = clock,
    };

    /// <summary>An address on which nothing listens.</summary>
    public static Uri ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }

    public static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
            secret.AppendChar(character);

        return secret;
    }

    /// <summary>Advances the clock step by step until the work has ended, but not while a request is in flight.</summary>
    public async Task<T> AdvanceUntilAsync<T>(Task<T> work, TimeSpan step)
    {
        while (await Task.WhenAny(work, Task.Delay(10)) != work)
        {
            if (Observer.IsIdle)
                Clock.Advance(step);
        }

        return await work;
    }

    public void Break(Fault fault) => Emulator.Faults.Add(fault);

    /// <summary>Answers the next request to the API with a recorded body.</summary>
    public void Answer(string body, int status = 200) => Break(new Fault { Status = status, Body = body });

    public StoredExport AddExport(
        string type = "AwsS3",
        int? integration = 731,
        string interval = "hour",
        int offsetHours = 0,
        string config = """{"bucket_name":"b","region":"r","prefix":"p"}""",
        DateTimeOffset? createdAt = null)
    {
        var export = new StoredExport
        {
            Id = Guid.NewGuid(),
            ProjectId = Emulator.Options.ProjectId,
            Name = $"export {_exports}",
            DestinationType = type,
            Config = JsonNode.Parse(config)!.AsObject(),
            Integration = integration,
            Interval = interval,
            OffsetHours = offsetHours,
            CreatedAt = createdAt ?? Clock.GetUtcNow().AddDays(-1).AddSeconds(_exports++),
            LastUpdatedAt = Clock.GetUtcNow(),
        };
        Emulator.State.AddExport(export);
        return export;
    }

    /// <summary>A run that stays in its status until it is forced into another.</summary>
    public OnDemandRun AddRun(string status = RunStatus.Running, int daysBack = 0, int? maxSizeMB = 1024) =>
        AddRun(status, Specification(Clock.GetUtcNow().AddDays(-daysBack)) with { MaxSizeMB = maxSizeMB });

    public OnDemandRun AddRun(string status, OnDemandSpecification specification)
    {
        var fileIds = new System.Collections.Concurrent.ConcurrentDictionary<int, Guid>();
        var run = new OnDemandRun
        {
            FileId = part => fileIds.GetOrAdd(part, _ => Guid.NewGuid()),
            Id = Guid.NewGuid(),
            OnDemandId = Guid.NewGuid(),
            ProjectId = Emulator.Options.ProjectId,
            CreatedAt = Clock.GetUtcNow(),
            Duration = TimeSpan.FromHours(1),
            Specification = specification,
        };
        run.Force(status);
        Emulator.State.AddOnDemandRun(run);
        return run;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();

        await Emulator.DisposeAsync();
    }

    private static OnDemandSpecification Specification(DateTimeOffset now) => new()
    {
        Format = "JSONLines",
        Start = now.AddDays(-1),
        End = now.AddDays(-1).AddHours(1),
    };
}
