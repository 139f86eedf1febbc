using PSBatchExports.Backfills;
using PSBatchExports.Http;
using PSBatchExports.OnDemand;

namespace PSBatchExports;

/// <summary>
/// A client for PostHog's batch exports. It is thread-safe and reuses its connections; dispose of it when done.
/// Failures are <see cref="BatchExportException"/>s; a closed client throws <see cref="ClientClosedException"/>.
/// </summary>
public sealed class BatchExportClient : IDisposable
{
    private readonly ApiTransport _transport;
    private readonly KnownRuns _runs;
    private readonly KnownBackfills _backfills;
    private readonly object? _origin;

    /// <summary>Creates a client; nothing is sent.</summary>
    /// <param name="options">The host, the key and the limits.</param>
    /// <exception cref="ArgumentException">An option is invalid; the message says which and what to do.</exception>
    public BatchExportClient(BatchExportClientOptions options)
        : this(new ApiTransport(options), new KnownRuns(), new KnownBackfills(options.TimeProvider), NoObserver.Instance, origin: null)
    {
    }

    private BatchExportClient(
        ApiTransport transport, KnownRuns runs, KnownBackfills backfills, IRequestObserver observer, object? origin)
    {
        _transport = transport;
        _runs = runs;
        _backfills = backfills;
        Observer = observer;
        _origin = origin;
    }

    /// <summary>The service's time, as estimated from the dates of its answers; this machine's until the first answer.</summary>
    public DateTimeOffset ServerTime => _transport.ServerClock.GetUtcNow();

    /// <summary>The service's origin.</summary>
    public Uri ApiHost => _transport.Options.ApiHost;

    /// <summary>Whether the client was disposed of.</summary>
    public bool IsClosed => _transport.IsClosed;

    /// <summary>The projects that the key can see.</summary>
    public ProjectsClient Projects => new(new Api(_transport, Observer, _origin, ApiScope.Project("current")));

    internal IRequestObserver Observer { get; }

    /// <summary>The origin of the objects that are read; null for none.</summary>
    internal object? Origin => _origin;

    /// <summary>The client for one project.</summary>
    /// <param name="id">The project's number, or current.</param>
    /// <param name="path">The prefix of the routes.</param>
    /// <exception cref="InvalidIdException"><paramref name="id"/> cannot be an id.</exception>
    public ScopedClient Project(string id, ApiPath path = ApiPath.Projects) => In(ApiScope.Project(id, path));

    /// <summary>The client for one organization, whose routes newer servers no longer have.</summary>
    /// <param name="id">The organization's UUID, or current.</param>
    /// <exception cref="InvalidIdException"><paramref name="id"/> cannot be an id.</exception>
    public ScopedClient Organization(string id) => In(ApiScope.Organization(id));

    /// <summary>The client for a project or an organization.</summary>
    /// <param name="scope">The project or organization.</param>
    public ScopedClient In(ApiScope scope) => new(new Api(_transport, Observer, _origin, scope), _runs, _backfills);

    /// <summary>The same client, over the same connections, with another observer.</summary>
    /// <param name="observer">Observes every request.</param>
    /// <param name="origin">The origin of the objects that are read (see <see cref="ServiceObject.OriginOf"/>); null for none.</param>
    public BatchExportClient WithObserver(IRequestObserver observer, object? origin = null) =>
        new(_transport, _runs, _backfills, observer, origin);

    /// <summary>Hides this client's key, its proxy's password and the signatures of its URLs in a text, in any encoding.</summary>
    /// <param name="text">The text.</param>
    public string HideSecrets(string text) => _transport.Secrets.Hide(text);

    /// <summary>
    /// The same exception if neither it nor its inner exceptions contain such a secret; otherwise a <see cref="ScrubbedException"/>.
    /// </summary>
    /// <param name="failure">The exception.</param>
    public Exception HideSecrets(Exception failure) => _transport.Secrets.HideIn(failure)!;

    /// <summary>Closes the connections. Requests in progress fail with <see cref="ClientClosedException"/>.</summary>
    public void Dispose() => _transport.Dispose();

    internal KnownRun Known(string runId) => _runs.Find(runId);
}
