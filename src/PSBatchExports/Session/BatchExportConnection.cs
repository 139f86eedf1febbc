using PSBatchExports.Session;

namespace PSBatchExports;

/// <summary>A connection to the service: the host, the key and the default project. The key cannot be read back.</summary>
public sealed class BatchExportConnection : IDisposable
{
    private readonly BatchExportClient _client;

    /// <summary>Creates a connection; nothing is sent.</summary>
    /// <param name="options">The host, the key and the limits.</param>
    /// <param name="projectId">The default project: a number or current.</param>
    /// <param name="organizationId">The default organization: a UUID or current; null for none.</param>
    /// <param name="apiPath">The prefix of project routes.</param>
    /// <exception cref="ArgumentException">An argument is invalid; the message says which and what to do.</exception>
    public BatchExportConnection(
        BatchExportClientOptions options,
        string projectId = "current",
        string? organizationId = null,
        ApiPath apiPath = ApiPath.Projects)
    {
        _ = ApiScope.Project(projectId, apiPath);
        if (organizationId is not null)
            _ = ApiScope.Organization(organizationId);

        _client = new BatchExportClient(options);
        ApiHost = options.ApiHost;
        ProjectId = projectId;
        OrganizationId = organizationId;
        ApiPath = apiPath;
        TimeoutSec = options.Timeout.TotalSeconds;
        MaximumRetryCount = options.MaximumRetryCount;
        MaximumRetryDelay = options.MaximumRetryDelay;
    }

    /// <summary>The service's origin.</summary>
    public Uri ApiHost { get; }

    /// <summary>The default project.</summary>
    public string ProjectId { get; }

    /// <summary>The default organization; null for none.</summary>
    public string? OrganizationId { get; }

    /// <summary>The prefix of project routes.</summary>
    public ApiPath ApiPath { get; }

    /// <summary>The timeout of one attempt in seconds: to the headers, and again for the body.</summary>
    public double TimeoutSec { get; }

    /// <summary>The maximum number of retries of a request.</summary>
    public int MaximumRetryCount { get; }

    /// <summary>The maximum delay before a retry.</summary>
    public TimeSpan MaximumRetryDelay { get; }

    /// <summary>Whether the connection is open.</summary>
    public bool IsOpen => !_client.IsClosed;

    /// <summary>The objects that were read over this connection.</summary>
    internal KnownObjects Known { get; } = new();

    /// <summary>Creates a client whose results have this connection as their origin.</summary>
    /// <param name="observer">Observes every request.</param>
    public BatchExportClient CreateClient(IRequestObserver observer) => _client.WithObserver(observer, this);

    /// <summary>The connection that an object was read over; null if there is none.</summary>
    internal static BatchExportConnection? OriginOf(object? item) => ServiceObject.OriginOf(item) as BatchExportConnection;

    /// <summary>Sets this connection as the origin of an object.</summary>
    internal T Stamp<T>(T item) where T : ServiceObject => ServiceObject.WithOrigin(item, this);

    /// <summary>The scope of a project; of the default one if <paramref name="id"/> is null or empty.</summary>
    internal ApiScope Project(string? id) => ApiScope.Project(string.IsNullOrEmpty(id) ? ProjectId : id, ApiPath);

    /// <summary>The scope of the given organization or project, or else of the default organization or project.</summary>
    internal ApiScope ProjectOrOrganization(string? organization, string? project, bool isProjectGiven)
    {
        if (!string.IsNullOrEmpty(organization))
            return ApiScope.Organization(organization);

        return !isProjectGiven && OrganizationId is { } id ? ApiScope.Organization(id) : Project(project);
    }

    /// <summary>Closes the connection for every runspace that uses it.</summary>
    public void Dispose() => _client.Dispose();

    /// <summary>Host and project.</summary>
    public override string ToString() => $"{ApiHost.GetLeftPart(UriPartial.Authority)} (project {ProjectId})";
}
