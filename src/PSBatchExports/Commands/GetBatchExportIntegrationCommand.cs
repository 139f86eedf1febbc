using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Gets the stored credentials of a project, and which exports use them.</summary>
[Cmdlet(
    VerbsCommon.Get, "BatchExportIntegration",
    SupportsPaging = true,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportIntegration))]
public sealed class GetBatchExportIntegrationCommand : ProjectCmdlet
{
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.IntegrationNameCompleter))]
    public string[]? Name { get; set; }

    [Parameter]
    [ValidateNotNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.IntegrationKindCompleter))]
    public string[]? Kind { get; set; }

    [Parameter]
    public SwitchParameter IncludeUse { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Integration;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        Name is { Length: 0 } || Kind is { Length: 0 }
            ? Task.CompletedTask
            : ForScopeAsync(pipeline, Scope.Id, () => ListAsync(pipeline, cancellationToken));

    private async Task ListAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var names = new NameFilter(Name);
        var isFiltered = Name is not null || Kind is not null;
        var left = PagingParameters.First;
        var integrations = Api.Integrations.ListAsync(
            PagingParameters.ToPaging(pipeline), isFiltered ? Matches : null, IncludeUse, cancellationToken);
        await pipeline.WriteAllAsync(integrations, "Getting integrations", _ => left--, cancellationToken);

        // If -First has cut the list short, the missing names may be further on.
        if (left == 0)
            return;

        foreach (var name in names.Unmatched)
            pipeline.WriteError(ErrorRecords.IntegrationNotFound(name));

        bool Matches(BatchExportIntegration integration) => IsOfKind(integration) && names.Matches(integration.Name);
    }

    private bool IsOfKind(BatchExportIntegration integration) =>
        Kind is null || Kind.Contains(integration.Kind, StringComparer.OrdinalIgnoreCase);
}
