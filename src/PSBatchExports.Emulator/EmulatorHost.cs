using PSBatchExports.Emulator.Api;
using PSBatchExports.Emulator.Control;
using PSBatchExports.Emulator.Data;
using PSBatchExports.Emulator.Hosting;
using PSBatchExports.Emulator.Storage;

namespace PSBatchExports.Emulator;

/// <summary>A running emulator: an API origin and a storage origin on loopback.</summary>
public sealed class EmulatorHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly FileCache _fileCache;
    private readonly ResponseWriter _storageWriter;
    private LoopbackServer? _api;
    private LoopbackServer? _storage;

    private EmulatorHost(EmulatorOptions options)
    {
        Options = options;
        State = new EmulatorState(options);
        _fileCache = new FileCache(options);
        _storageWriter = new ResponseWriter(options.BytesPerSecond, options.TimeProvider, options.WireClock);
    }

    public EmulatorOptions Options { get; }

    public Uri ApiOrigin => _api!.Origin;

    public Uri StorageOrigin => _storage!.Origin;

    public string ApiKey => Options.ApiKey;

    public EmulatorState State { get; }

    /// <summary>The requests to the API origin, without the control channel.</summary>
    public RequestLog Requests { get; } = new();

    public RequestLog StorageRequests { get; } = new();

    public FaultPlan Faults { get; } = new();

    public int OpenApiConnections => _api!.OpenConnections;

    public int OpenStorageConnections => _storage!.OpenConnections;

    /// <summary>Number of file bytes that the storage has sent.</summary>
    public long StorageBytesSent => _storageWriter.BytesSent;

    public static async Task<EmulatorHost> StartAsync(EmulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        var host = new EmulatorHost(options ?? new EmulatorOptions());
        try
        {
            await host.OpenAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;

        await _stopping.CancelAsync();
        if (_api is not null)
            await _api.DisposeAsync();
        if (_storage is not null)
            await _storage.DisposeAsync();
        await _fileCache.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        var runFiles = new RunFiles(_fileCache, new FileNames(Options));
        var urls = new SignedUrls(Options.Seed);
        var storage = new StorageService(State, Options, runFiles, urls);
        var storagePipeline = CreatePipeline(Fault.Storage, StorageRequests, storage.RespondAsync);
        _storage = await LoopbackServer.StartAsync(Options.StoragePort, storagePipeline.HandleAsync, cancellationToken);

        var links = new PageLinks(rewritesEnvironments: !Options.OlderServer);
        var throttle = new Throttle(Options);
        var access = new ProjectAccess(State, Options);
        var routes = ApiRoutes.Create(State, Options, access, links, runFiles, urls, _storage.Origin);
        var api = new ApiService(State, Options, links, throttle, access, routes);
        var apiPipeline = CreatePipeline(Fault.Api, Requests, api.RespondAsync);
        var control = new ControlChannel(this, throttle.Clear);
        _api = await LoopbackServer.StartAsync(
            Options.Port,
            context => ControlChannel.Owns(context.Request.Path) ? control.HandleAsync(context) : apiPipeline.HandleAsync(context),
            cancellationToken);
    }

    private RequestPipeline CreatePipeline(string origin, RequestLog log, RequestHandler handler) => new(
        origin,
        log,
        Faults,
        origin == Fault.Storage ? _storageWriter : new ResponseWriter(bytesPerSecond: null, Options.TimeProvider, Options.WireClock),
        Options.TimeProvider,
        Options.WireClock,
        origin == Fault.Api ? Options.Latency : TimeSpan.Zero,
        handler,
        _stopping.Token);
}
