using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Gets the projects that the key can see, by number.</summary>
[Cmdlet(
    VerbsCommon.Get, "BatchExportProject",
    SupportsPaging = true,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportProject))]
public sealed class GetBatchExportProjectCommand : ConnectedCmdlet
{
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ProjectNameCompleter))]
    public string[]? Name { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Project;

    private protected override ApiScope Scope => Service.Project(id: null);

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        Name is { Length: 0 } ? Task.CompletedTask : ForItemAsync(pipeline, Service, () => ListAsync(pipeline, cancellationToken));

    private async Task ListAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var names = new NameFilter(Name);
        var left = PagingParameters.First;
        var projects = Client.Projects.ListAsync(
            PagingParameters.ToPaging(pipeline), Name is null ? null : project => names.Matches(project.Name), cancellationToken);
        await pipeline.WriteAllAsync(projects, "Getting projects", _ => left--, cancellationToken);

        // If -First has cut the list short, the missing names may be further on.
        if (left == 0)
            return;

        foreach (var name in names.Unmatched)
            pipeline.WriteError(ErrorRecords.ProjectNameNotFound(name));
    }
}
