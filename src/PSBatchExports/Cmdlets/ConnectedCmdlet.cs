using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;
using PSBatchExports.Session;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet that sends requests to PostHog over one connection.</summary>
public abstract class ConnectedCmdlet : ConnectedCmdlet<BatchExportConnection>
{
}

/// <summary>A cmdlet that sends requests to PostHog.</summary>
/// <typeparam name="TConnection">What -Connection takes: a connection, or an array of them.</typeparam>
public abstract class ConnectedCmdlet<TConnection> : AsyncCmdlet
    where TConnection : class
{
    private readonly StreamObserver _observer = new();
    private readonly Dictionary<BatchExportConnection, BatchExportClient> _clients = [];
    private readonly HashSet<BatchExportConnection> _failedConnections = [];
    private readonly Dictionary<(BatchExportConnection, ApiScope), ExportNames> _names = [];
    private BatchExportConnection? _defaultConnection;
    private BatchExportConnection? _connection;
    private BatchExportClient? _client;

    [Parameter(ValueFromPipeline = true)]
    [ConnectionTransformation]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.ConnectionCompleter))]
    public virtual TConnection? Connection { get; set; }

    /// <summary>The connections for the current input, each once: those of -Connection or the default one.</summary>
    private protected IReadOnlyList<BatchExportConnection> Services { get; private set; } = [];

    /// <summary>The connection in use, one of <see cref="Services"/>.</summary>
    private protected BatchExportConnection Service => _connection!;

    private protected BatchExportClient Client => _client!;

    /// <summary>The project or organization to work in.</summary>
    private protected abstract ApiScope Scope { get; }

    /// <summary>The client for <see cref="Scope"/>.</summary>
    private protected ScopedClient Api => Client.In(Scope);

    /// <summary>The connection that an input object came from, where -Connection does not bind it; null for none.</summary>
    private protected virtual BatchExportConnection? InputConnection => null;

    private protected virtual ErrorContext ErrorContext => ErrorContext.None;

    /// <summary>Whether work goes on over other connections if one fails for good.</summary>
    private protected virtual bool HasSeveralConnections => Services.Count > 1;

    /// <summary>Whether it is an error if there is no connection.</summary>
    private protected virtual bool IsConnectionRequired => true;

    /// <summary>Whether there is a connection.</summary>
    private protected bool IsConnected => _client is not null;

    private protected bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private protected override void Prepare()
    {
        _defaultConnection = Connections.Current;
        if (IsBound(nameof(Connection)) && GivenConnections()?.Contains(null) != false)
            ThrowError(ErrorRecords.NoConnectionGiven());

        // Input objects may bring their own connection.
        if (!MyInvocation.ExpectingInput)
            PrepareRecord();
    }

    private protected override void PrepareRecord()
    {
        _defaultConnection ??= Connections.KnownFromEnvironment;
        if (GivenConnections() is { } given)
            Services = [.. given.OfType<BatchExportConnection>().Distinct()];
        else if ((InputConnection ?? (_defaultConnection ??= FromEnvironment())) is { } connection)
            Services = [connection];

        foreach (var service in Services)
            ClientOf(service);

        if (Services is [var first, ..])
            Use(first);
    }

    /// <summary>Makes a connection the one in use.</summary>
    private protected void Use(BatchExportConnection connection) => (_connection, _client) = (connection, ClientOf(connection));

    /// <summary>The client that this cmdlet has over a connection.</summary>
    private protected BatchExportClient ClientOf(BatchExportConnection connection)
    {
        if (!_clients.TryGetValue(connection, out var client))
            _clients[connection] = client = connection.CreateClient(_observer);

        return client;
    }

    // Null if -Connection is not given.
    private BatchExportConnection?[]? GivenConnections() => (object?)Connection switch
    {
        BatchExportConnection one => [one],
        BatchExportConnection?[] several => several,
        _ => null,
    };

    /// <summary>The id of the export that an id or a literal name refers to.</summary>
    private protected Task<string> ExportIdAsync(string idOrName, CancellationToken cancellationToken) =>
        ExportNames.IsId(idOrName) ? Task.FromResult(idOrName) : Names.ToIdAsync(idOrName, cancellationToken);

    /// <summary>The names of the exports, read once for all input objects.</summary>
    private protected ExportNames Names
    {
        get
        {
            var key = (Service, Scope);
            if (!_names.TryGetValue(key, out var names))
                _names[key] = names = new ExportNames(Api.Exports);

            return names;
        }
    }

    /// <summary>" in project 12345 at https://us.posthog.com" for a prompt; empty for the scope that the default connection uses.</summary>
    private protected string TargetSuffix() => TargetSuffix(Scope);

    private protected string TargetSuffix(ApiScope scope)
    {
        if (IsDefaultScope(scope))
            return "";

        var kind = scope.IsOrganization ? "organization" : "project";
        return $" in {kind} {scope.Id} at {Service.ApiHost.GetLeftPart(UriPartial.Authority)}";
    }

    private bool IsDefaultScope(ApiScope scope)
    {
        if (_defaultConnection is not { } connection || Service != connection)
            return false;

        if (scope.Id == connection.ProjectId || scope.Id == connection.OrganizationId)
            return true;

        // The default project "current" has a number that is unknown here; the id of an input object may be that number.
        var isProjectNumberKnown = char.IsAsciiDigit(connection.ProjectId.FirstOrDefault());
        return !isProjectNumberKnown && !IsBound("ProjectId") && !scope.IsOrganization;
    }

    private void ThrowError(ErrorRecord error) => ThrowTerminatingError(CommandNames.WithPrefix(error, CommandNames.PrefixOf(this)));

    private BatchExportConnection? FromEnvironment()
    {
        BatchExportConnection? connection = null;
        try
        {
            connection = Connections.FromEnvironment();
        }
        catch (ArgumentException failure)
        {
            ThrowError(ErrorRecords.From(failure, targetObject: null, ErrorContext with { Command = MyInvocation.MyCommand.Name }));
        }

        if (connection is null && IsConnectionRequired)
            ThrowError(ErrorRecords.NotConnected());

        return connection;
    }

    private protected sealed override Task ProcessAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        Attach(pipeline);
        return ProcessConnectedAsync(pipeline, cancellationToken);
    }

    private protected sealed override Task EndAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        Attach(pipeline);
        return EndConnectedAsync(pipeline, cancellationToken);
    }

    private void Attach(AsyncPipeline pipeline)
    {
        _observer.Attach(pipeline);
        pipeline.Clients = [.. _clients.Values];
        pipeline.TransformOutput = item =>
        {
            var connection = BatchExportConnection.OriginOf(item) ?? _connection;
            return connection is null ? item : connection.Known.Complete(item);
        };
    }

    private protected virtual Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) => Task.CompletedTask;

    private protected virtual Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs work for one item. A failure becomes an error record for that item, unless no later item could succeed.</summary>
    /// <param name="pipeline">The pipeline to write the error to.</param>
    /// <param name="item">The item that the error names.</param>
    /// <param name="work">The work.</param>
    /// <param name="context">The context of the error; null for the cmdlet's.</param>
    private protected async Task ForItemAsync(AsyncPipeline pipeline, object? item, Func<Task> work, ErrorContext? context = null)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (ErrorRecords.IsExpected(failure))
        {
            Report(pipeline, failure, item, context ?? ErrorContext);
            await pipeline.FlushAsync();
        }
    }

    /// <summary>Runs work for the project of the current input.</summary>
    private protected Task ForScopeAsync(AsyncPipeline pipeline, object? item, Func<Task> work) =>
        ForScopeAsync(pipeline, new ScopeJob(Service, Client, Scope), item, isOnly: !MyInvocation.ExpectingInput, work);

    /// <summary>
    /// Runs work for one of several projects. A failure becomes an error record that names the project; a connection that failed for good
    /// is reported once.
    /// </summary>
    private protected async Task ForScopeAsync(AsyncPipeline pipeline, ScopeJob job, object? item, bool isOnly, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (ErrorRecords.IsExpected(failure))
        {
            if (!ErrorRecords.IsFatal(failure) || _failedConnections.Add(job.Service))
            {
                var error = ErrorRecords.From(failure, item, ErrorContext with { Command = MyInvocation.MyCommand.Name });
                Report(pipeline, isOnly ? error : ErrorRecords.At(job.Service.ApiHost, job.Scope, error), failure);
            }

            await pipeline.FlushAsync();
        }
    }

    /// <summary>The projects for the current input: one for each connection.</summary>
    private protected IReadOnlyList<ScopeJob> ScopesOfInput()
    {
        var jobs = new List<ScopeJob>();
        foreach (var connection in Services)
        {
            Use(connection);
            jobs.Add(new ScopeJob(Service, Client, Scope));
        }

        return jobs;
    }

    /// <summary>Runs work for each export in turn, given by id or literal name.</summary>
    private protected Task ForEachExportAsync(
        AsyncPipeline pipeline,
        IEnumerable<string> idsOrNames,
        Func<string, Task> work,
        CancellationToken cancellationToken,
        ErrorContext? context = null) =>
        ForEachAsync(pipeline, idsOrNames, async idOrName => await work(await ExportIdAsync(idOrName, cancellationToken)), context);

    /// <summary>Runs work for each id in turn.</summary>
    private protected async Task ForEachAsync(
        AsyncPipeline pipeline,
        IEnumerable<string> ids,
        Func<string, Task> work,
        ErrorContext? context = null)
    {
        foreach (var id in ids)
            await ForItemAsync(pipeline, id, () => work(id), context);
    }

    private protected void Report(AsyncPipeline pipeline, Exception failure, object? item) => Report(pipeline, failure, item, ErrorContext);

    private protected void Report(AsyncPipeline pipeline, Exception failure, object? item, ErrorContext context) =>
        Report(pipeline, ErrorRecords.From(failure, item, context with { Command = MyInvocation.MyCommand.Name }), failure);

    private protected void Report(AsyncPipeline pipeline, ErrorRecord error, Exception failure)
    {
        if (ErrorRecords.IsFatal(failure) && !HasSeveralConnections)
            throw new TerminatingErrorException(error);

        pipeline.WriteError(error);
    }
}
