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
    public BatchExportConnection(BatchExportClientOptions options, string projectId = "current", string? organizationId = null, ApiPath apiPath = ApiPath.Projects)
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

    /// <summary>Seconds to the headers of one attempt.</summary>
    public double TimeoutSec { get; }

    /// <summary>How often a request is sent again.</summary>
    public int MaximumRetryCount { get; }

    /// <summary>The longest wait before a request is sent again.</summary>
    public TimeSpan MaximumRetryDelay { get; }

    /// <summary>Whether it can be used.</summary>
    public bool IsOpen => !_client.IsClosed;

    /// <summary>What has been read over this connection.</summary>
    internal KnownObjects Known { get; } = new();

    /// <summary>A client over this connection, whose results remember it.</summary>
    /// <param name="observer">Is told of every request.</param>
    public BatchExportClient CreateClient(IRequestObserver observer) => _client.WithObserver(observer, this);

    /// <summary>The connection over which an object was read; null if there was none.</summary>
    internal static BatchExportConnection? Of(object? item) => ServiceObject.OriginOf(item) as BatchExportConnection;

    /// <summary>The same object, which remembers that it came from this connection.</summary>
    internal T Sign<T>(T item) where T : ServiceObject => ServiceObject.WithOrigin(item, this);

    /// <summary>A project; null or empty for the default one.</summary>
    internal ApiScope Project(string? id) => ApiScope.Project(string.IsNullOrEmpty(id) ? ProjectId : id, ApiPath);

    /// <summary>What was given, else the connection's default organization, else its default project.</summary>
    internal ApiScope ProjectOrOrganization(string? organization, string? project, bool isProjectGiven)
    {
        if (!string.IsNullOrEmpty(organization))
            return ApiScope.Organization(organization);

        return !isProjectGiven && OrganizationId is { } connected ? ApiScope.Organization(connected) : Project(project);
    }

    /// <summary>Closes the connection for everybody who uses it.</summary>
    public void Dispose() => _client.Dispose();

    /// <summary>Host and project.</summary>
    public override string ToString() => $"{ApiHost.GetLeftPart(UriPartial.Authority)} (project {ProjectId})";
}
