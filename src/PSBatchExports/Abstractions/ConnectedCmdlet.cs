using System.Management.Automation;
using PSBatchExports.Errors;

namespace PSBatchExports.Abstractions;

/// <summary>A cmdlet that talks to the service.</summary>
public abstract class ConnectedCmdlet : AsyncCmdlet
{
    private readonly StreamObserver _observer = new();
    private BatchExportConnection? _connection;
    private BatchExportClient? _client;

    /// <summary>The connection to use. Default: the runspace's current one, else one made from the environment variables.</summary>
    [Parameter]
    [ValidateNotNull]
    public BatchExportConnection? Connection { get; set; }

    private protected BatchExportConnection Service => _connection!;

    private protected BatchExportClient Client => _client!;

    private protected virtual ErrorContext ErrorContext => ErrorContext.None;

    private protected bool IsTyped(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private protected override void Prepare()
    {
        try
        {
            _connection = Connection ?? Connections.Current ?? Connections.FromEnvironment();
        }
        catch (ArgumentException failure)
        {
            ThrowTerminatingError(ErrorRecords.From(failure, targetObject: null, ErrorContext));
        }

        if (_connection is null)
            ThrowTerminatingError(ErrorRecords.NotConnected());

        _client = _connection!.CreateClient(_observer);
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
        pipeline.Client = Client;
        pipeline.OnObject = Seen.By(Service).Complete;
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
