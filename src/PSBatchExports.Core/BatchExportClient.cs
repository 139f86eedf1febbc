namespace PSBatchExports;

/// <summary>
/// A client for PostHog's batch exports. One instance serves many threads and keeps its connections; dispose of it when done.
/// Failures are <see cref="BatchExportException"/>s; a closed client throws <see cref="ClientClosedException"/>.
/// </summary>
public sealed class BatchExportClient : IDisposable
{
    private readonly ApiTransport _transport;
    private readonly KnownRuns _known;
    private readonly KnownBackfills _backfills;

    /// <summary>Makes a client; nothing is sent.</summary>
    /// <param name="options">Where to and how.</param>
    /// <exception cref="ArgumentException">An option cannot be right; the message says which and what to do.</exception>
    public BatchExportClient(BatchExportClientOptions options)
        : this(new ApiTransport(options), new KnownRuns(), new KnownBackfills(options.TimeProvider), NoObserver.Instance, connection: null)
    {
    }

    private BatchExportClient(
        ApiTransport transport, KnownRuns known, KnownBackfills backfills, IRequestObserver observer, BatchExportConnection? connection)
    {
        (_transport, _known, _backfills) = (transport, known, backfills);
        var api = new Api(transport, observer, connection);
        Observer = api.Observer;
        Exports = new ExportsClient(api);
        OnDemandRuns = new OnDemandRunsClient(api, known);
        Runs = new RunsClient(api, backfills);
        Files = new FilesClient(api, OnDemandRuns, known);
        Logs = new LogsClient(api);
        Backfills = new BackfillsClient(api, Exports, backfills);
        DestinationTests = new DestinationTestsClient(api, Exports);
    }

    /// <summary>Scheduled exports.</summary>
    public ExportsClient Exports { get; }

    /// <summary>Runs of scheduled exports.</summary>
    public RunsClient Runs { get; }

    /// <summary>Runs on demand, whose result is files.</summary>
    public OnDemandRunsClient OnDemandRuns { get; }

    /// <summary>The files of on-demand runs.</summary>
    public FilesClient Files { get; }

    /// <summary>Logs of exports and runs.</summary>
    public LogsClient Logs { get; }

    /// <summary>Backfills of scheduled exports.</summary>
    public BackfillsClient Backfills { get; }

    /// <summary>Checks of destinations.</summary>
    public DestinationTestsClient DestinationTests { get; }

    /// <summary>The time by the service's clock, as far as its answers have told; until then by this machine's.</summary>
    public DateTimeOffset ServerTime => _transport.ServerClock.GetUtcNow();

    internal IRequestObserver Observer { get; }

    internal KnownRun Known(string runId) => _known.Find(runId);

    /// <summary>Whether the client was disposed of.</summary>
    public bool IsClosed => _transport.IsClosed;

    /// <summary>The same client, over the same connections, telling <paramref name="observer"/> what it does.</summary>
    /// <param name="observer">Who is told.</param>
    public BatchExportClient WithObserver(IRequestObserver observer) => new(_transport, _known, _backfills, observer, connection: null);

    /// <summary>The same, for what is read to remember a connection.</summary>
    internal BatchExportClient Of(BatchExportConnection connection, IRequestObserver observer) =>
        new(_transport, _known, _backfills, observer, connection);

    /// <summary>
    /// A text without this client's key, the password for its proxy and the signatures of URLs that it was given, however a server wrote them.
    /// </summary>
    /// <param name="text">The text.</param>
    public string HideSecrets(string text) => _transport.Secrets.Hide(text);

    /// <summary>
    /// The same exception where neither it nor its causes hold such a secret, else a <see cref="ScrubbedException"/> in its place.
    /// </summary>
    /// <param name="failure">The exception.</param>
    public Exception HideSecrets(Exception failure) => _transport.Secrets.HideIn(failure)!;

    /// <summary>Closes the connections. Requests under way end with <see cref="ClientClosedException"/>.</summary>
    public void Dispose() => _transport.Dispose();
}
