using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;
using PSBatchExports.Session;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet that sends requests to PostHog.</summary>
public abstract class ConnectedCmdlet : AsyncCmdlet
{
    private readonly StreamObserver _observer = new();
    private readonly Dictionary<(BatchExportConnection, ApiScope), ExportNames> _names = [];
    private BatchExportConnection? _defaultConnection;
    private BatchExportConnection? _connection;
    private BatchExportClient? _client;

    [Parameter(ValueFromPipeline = true)]
    [ConnectionTransformation]
    [AllowNull]
    public virtual BatchExportConnection? Connection { get; set; }

    /// <summary>The connection in use: -Connection or the default one.</summary>
    private protected BatchExportConnection Service => _connection!;

    private protected BatchExportClient Client => _client!;

    /// <summary>The project or organization to work in.</summary>
    private protected abstract ApiScope Scope { get; }

    /// <summary>The client for <see cref="Scope"/>.</summary>
    private protected ScopedClient Api => Client.In(Scope);

    /// <summary>The connection that an input object came from, where -Connection does not bind it; null for none.</summary>
    private protected virtual BatchExportConnection? InputConnection => null;

    private protected virtual ErrorContext ErrorContext => ErrorContext.None;

    /// <summary>Whether it is an error if there is no connection.</summary>
    private protected virtual bool IsConnectionRequired => true;

    /// <summary>Whether there is a connection.</summary>
    private protected bool IsConnected => _client is not null;

    private protected bool IsBound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private protected override void Prepare()
    {
        _defaultConnection = Connections.Current;
        if (IsBound(nameof(Connection)) && Connection is null)
            ThrowError(ErrorRecords.NoConnectionGiven());

        // Input objects may bring their own connection.
        if (!MyInvocation.ExpectingInput)
            PrepareRecord();
    }

    private protected override void PrepareRecord()
    {
        var connection = Connection ?? InputConnection ?? (_defaultConnection ??= FromEnvironment());
        if (connection is null || connection == _connection)
            return;

        _connection = connection;
        _client = connection.CreateClient(_observer);
    }

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
        pipeline.Client = _client;
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

    private protected static void Report(AsyncPipeline pipeline, ErrorRecord error, Exception failure)
    {
        if (ErrorRecords.IsFatal(failure))
            throw new TerminatingErrorException(error);

        pipeline.WriteError(error);
    }
}
