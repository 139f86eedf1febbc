namespace PSBatchExports;

/// <summary>A way to the service: host, key, default project. The key is inside and cannot be read back from here.</summary>
public sealed class BatchExportConnection : IDisposable
{
    private readonly BatchExportClient _client;

    /// <summary>Makes a connection; nothing is sent.</summary>
    /// <param name="options">Where to and how.</param>
    /// <param name="projectId">The default project: a number or current.</param>
    /// <param name="organizationId">The default organization: a UUID or current; null for none.</param>
    /// <param name="apiPath">The prefix of project routes.</param>
    /// <exception cref="ArgumentException">Something cannot be right; the message says what and what to do.</exception>
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

    /// <summary>A client over this connection.</summary>
    /// <param name="observer">Who is told of its work.</param>
    public BatchExportClient CreateClient(IRequestObserver observer) => _client.Of(this, observer);

    /// <summary>The connection over which something was read; null for what no connection has told of.</summary>
    /// <param name="item">The object.</param>
    public static BatchExportConnection? Of(object? item) => (item as ServiceObject)?.Connection;

    /// <summary>The same object, which remembers that it came from this connection.</summary>
    /// <param name="item">The object.</param>
    /// <typeparam name="T">Its type.</typeparam>
    public T Sign<T>(T item) where T : ServiceObject => (T)(item with { Connection = this });

    /// <summary>Closes the connection for everybody who uses it.</summary>
    public void Dispose() => _client.Dispose();

    /// <summary>Host and project.</summary>
    public override string ToString() => $"{ApiHost.GetLeftPart(UriPartial.Authority)} (project {ProjectId})";
}
