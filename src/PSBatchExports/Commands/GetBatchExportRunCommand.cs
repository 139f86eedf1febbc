using System.Management.Automation;
using PSBatchExports.Abstractions;
using PSBatchExports.Errors;

namespace PSBatchExports.Commands;

/// <summary>Gets runs on demand, newest first. The list tells only id and status; by id it tells what the service knows.</summary>
[Cmdlet(VerbsCommon.Get, "BatchExportRun", DefaultParameterSetName = OnDemandSet, SupportsPaging = true)]
[OutputType(typeof(BatchExportRun))]
public sealed class GetBatchExportRunCommand : ProjectCmdlet
{
    private const string OnDemandSet = "OnDemand";

    private PagedItems? _byId;

    /// <summary>Gets runs on demand.</summary>
    [Parameter(ParameterSetName = OnDemandSet, Mandatory = true)]
    public SwitchParameter OnDemand { get; set; }

    /// <summary>Ids of runs. Default: all.</summary>
    [Parameter(ParameterSetName = OnDemandSet, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [AllowNull]
    public string[]? RunId { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Run;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) => RunId is { } ids
        ? GetByIdAsync(pipeline, ids, cancellationToken)
        : ForItemAsync(pipeline, Scope.Id, () => pipeline.WriteAllAsync(
            Client.OnDemandRuns.ListAsync(Scope, PagingParameters.ToPaging(pipeline), cancellationToken),
            onItem: null,
            cancellationToken));

    private async Task GetByIdAsync(AsyncPipeline pipeline, string[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
            return;

        _byId ??= new PagedItems(PagingParameters);
        await _byId.TellTotalAsync(pipeline, MyInvocation.ExpectingInput ? null : ids.Length);
        await ForEachAsync(pipeline, ids.TakeWhile(_ => !_byId.IsEnough), async id =>
            await _byId.WriteAsync(pipeline, await Client.OnDemandRuns.GetAsync(Scope, id, cancellationToken)));
    }
}
