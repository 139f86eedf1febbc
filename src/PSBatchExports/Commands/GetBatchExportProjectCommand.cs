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
public sealed class GetBatchExportProjectCommand : ConnectedCmdlet<BatchExportConnection[]>
{
    private readonly List<ScopeJob> _jobs = [];

    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ProjectNameCompleter))]
    public string[]? Name { get; set; }

    [Parameter(ValueFromPipeline = true)]
    [ConnectionsTransformation]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.ConnectionCompleter))]
    public override BatchExportConnection[]? Connection { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Project;

    private protected override ApiScope Scope => Service.Project(id: null);

    private protected override bool HasSeveralConnections => _jobs.Count > 1;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        _jobs.AddRange(ScopesOfInput());
        return Task.CompletedTask;
    }

    private protected override Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        Name is { Length: 0 } ? Task.CompletedTask : ListAsync(pipeline, cancellationToken);

    private async Task ListAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var names = new NameFilter(Name);
        Func<BatchExportProject, bool>? filter = Name is null ? null : project => names.Matches(project.Name);
        var lists = new ConcurrentLists<ScopeJob, BatchExportProject>(
            pipeline, PagingParameters, "Getting projects", ScopeJob.MaxConcurrent);
        await lists.WriteAsync(
            _jobs,
            (job, paging, stop) => job.Client.Projects.ListAsync(paging, filter, stop),
            (job, write) => ForScopeAsync(pipeline, job, job.Service, isOnly: _jobs.Count == 1, write),
            cancellationToken);

        // If -First has cut a list short, or one has failed or none was read, the missing names may be elsewhere.
        if (!lists.IsComplete)
            return;

        foreach (var name in names.Unmatched)
            pipeline.WriteError(ErrorRecords.ProjectNameNotFound(name));
    }
}
