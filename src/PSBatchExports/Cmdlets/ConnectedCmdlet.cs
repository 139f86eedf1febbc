using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;
using PSBatchExports.Session;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet that talks to the service.</summary>
public abstract class ConnectedCmdlet : AsyncCmdlet
{
    private readonly StreamObserver _observer = new();
    private readonly Dictionary<(BatchExportConnection, ApiScope), ExportNames> _names = [];
    private BatchExportConnection? _ambient;
    private BatchExportConnection? _connection;
    private BatchExportClient? _client;

    [Parameter(ValueFromPipeline = true)]
    [ConnectionTransformation]
    [AllowNull]
    public virtual BatchExportConnection? Connection { get; set; }

    private protected BatchExportConnection Service => _connection!;

    private protected BatchExportClient Client => _client!;

    /// <summary>The project or organization to work in.</summary>
    private protected abstract ApiScope Scope { get; }

    /// <summary>The client for <see cref="Scope"/>.</summary>
    private protected ScopedClient Api => Client.In(Scope);

    private protected virtual ErrorContext ErrorContext => ErrorContext.None;

    private protected bool IsTyped(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private protected override void Prepare()
    {
        _ambient = Connections.Current;
        if (IsTyped(nameof(Connection)) && Connection is null)
            End(ErrorRecords.NoConnectionGiven());

        // What is piped in may bring its own.
        if (!MyInvocation.ExpectingInput)
            PrepareRecord();
    }

    private protected override void PrepareRecord()
    {
        var connection = Connection ?? (_ambient ??= FromEnvironment());
        if (connection == _connection)
            return;

        _connection = connection;
        _client = connection.CreateClient(_observer);
    }

    /// <summary>The export that an id or a name means.</summary>
    private protected Task<string> ExportIdAsync(string idOrName, CancellationToken cancellationToken) =>
        ExportNames.IsId(idOrName) ? Task.FromResult(idOrName) : Names.ToIdAsync(idOrName, cancellationToken);

    /// <summary>Names of exports, read once for all that is piped in.</summary>
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

    /// <summary>Where something is done, for a question: nothing where that is the current connection and its project.</summary>
    private protected string Elsewhere() => Elsewhere(Scope);

    private protected string Elsewhere(ApiScope scope)
    {
        var isOtherProject = scope.Id != _ambient?.ProjectId && (_ambient?.ProjectId is [>= '0' and <= '9', ..] || IsTyped("ProjectId") || scope.IsOrganization);
        return Service != _ambient || (isOtherProject && scope.Id != _ambient.OrganizationId)
            ? $" in {(scope.IsOrganization ? "organization" : "project")} {scope.Id} at {Service.ApiHost.GetLeftPart(UriPartial.Authority)}"
            : "";
    }

    private void End(ErrorRecord error) => ThrowTerminatingError(CommandNames.WithPrefix(error, CommandNames.PrefixOf(this)));

    private BatchExportConnection FromEnvironment()
    {
        BatchExportConnection? connection = null;
        try
        {
            connection = Connections.FromEnvironment();
        }
        catch (ArgumentException failure)
        {
            End(ErrorRecords.From(failure, targetObject: null, ErrorContext with { Command = MyInvocation.MyCommand.Name }));
        }

        if (connection is null)
            End(ErrorRecords.NotConnected());

        return connection!;
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
        pipeline.OnObject = item => (BatchExportConnection.Of(item) ?? _connection) is { } connection ? connection.Known.Complete(item) : item;
    }

    private protected virtual Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) => Task.CompletedTask;

    private protected virtual Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Does the work for one item. Its failure is an error record for that item, unless no later item could succeed.</summary>
    /// <param name="pipeline">Where the error goes.</param>
    /// <param name="item">The item, which the error names.</param>
    /// <param name="work">The work.</param>
    /// <param name="context">What the item is, where it is not what the cmdlet is about.</param>
    private protected async Task ForItemAsync(AsyncPipeline pipeline, object? item, Func<Task> work, ErrorContext? context = null)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (ErrorRecords.IsExpected(failure))
        {
            Report(pipeline, failure, item, context ?? ErrorContext);
            await pipeline.CatchUpAsync();
        }
    }

    /// <summary>Does the work for each of some exports, which ids or names tell, one after the other.</summary>
    private protected Task ForEachExportAsync(
        AsyncPipeline pipeline, IEnumerable<string> idsOrNames, Func<string, Task> work, CancellationToken cancellationToken, ErrorContext? context = null) =>
        ForEachAsync(pipeline, idsOrNames, async idOrName => await work(await ExportIdAsync(idOrName, cancellationToken)), context);

    /// <summary>Does the work for each of some ids, one after the other.</summary>
    private protected async Task ForEachAsync(AsyncPipeline pipeline, IEnumerable<string> ids, Func<string, Task> work, ErrorContext? context = null)
    {
        foreach (var id in ids)
            await ForItemAsync(pipeline, id, () => work(id), context);
    }

    private protected void Report(AsyncPipeline pipeline, Exception failure, object? item) => Report(pipeline, failure, item, ErrorContext);

    private protected void Report(AsyncPipeline pipeline, Exception failure, object? item, ErrorContext context) =>
        Report(pipeline, ErrorRecords.From(failure, item, context with { Command = MyInvocation.MyCommand.Name }), failure);

    private protected static void Report(AsyncPipeline pipeline, ErrorRecord error, Exception failure)
    {
        if (ErrorRecords.IsHopeless(failure))
            throw new TerminatingErrorException(error);

        pipeline.WriteError(error);
    }
}
