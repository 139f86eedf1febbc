using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;
using PSBatchExports.Session;

namespace PSBatchExports.Commands;

/// <summary>Gets batch exports, by name or by id, newest first.</summary>
[Cmdlet(
    VerbsCommon.Get, "BatchExport",
    DefaultParameterSetName = ProjectByName,
    SupportsPaging = true,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExport))]
public sealed class GetBatchExportCommand : ConnectedCmdlet<BatchExportConnection[]>
{
    private const string ProjectByName = "ProjectByName";
    private const string ProjectById = "ProjectById";
    private const string OrganizationByName = "OrganizationByName";
    private const string OrganizationById = "OrganizationById";

    private readonly List<ScopeJob> _jobs = [];
    private bool _isProjectIdBound;
    private PagedItems? _byId;

    [Parameter(ParameterSetName = ProjectByName, Position = 0)]
    [Parameter(ParameterSetName = OrganizationByName, Position = 0)]
    [SupportsWildcards]
    [ValidateNotNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportNameCompleter))]
    public string[]? Name { get; set; }

    [Parameter(ParameterSetName = ProjectById, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = OrganizationById, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("Id", "BatchExportId")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string[]? Id { get; set; }

    // By property name, the ProjectId of any object would bind in the default set before its id does in another.
    [Parameter(ParameterSetName = ProjectByName, ValueFromPipeline = true, DontShow = true)]
    [ProjectObjectTransformation]
    [AllowNull]
    public BatchExportProject? InputObject { get; set; }

    [Parameter]
    [BoolTransformation]
    public bool? Paused { get; set; }

    // In the default set an object from the pipeline would bind here instead of to -Id.
    [Parameter(ParameterSetName = ProjectByName)]
    [Parameter(ParameterSetName = OrganizationByName)]
    [Parameter(ParameterSetName = ProjectById, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = OrganizationById, ValueFromPipeline = true)]
    [ConnectionsTransformation]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.ConnectionCompleter))]
    public override BatchExportConnection[]? Connection { get; set; }

    [Parameter(ParameterSetName = ProjectByName)]
    [Parameter(ParameterSetName = ProjectById, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.ProjectIdCompleter))]
    public string? ProjectId { get; set; }

    [Parameter(ParameterSetName = OrganizationByName, Mandatory = true)]
    [Parameter(ParameterSetName = OrganizationById, Mandatory = true)]
    public string? OrganizationId { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected override ApiScope Scope => InputObject is { } project && !_isProjectIdBound
        ? Service.Project(project.ProjectId.ToString(CultureInfo.InvariantCulture))
        : Service.ProjectOrOrganization(OrganizationId, ProjectId, _isProjectIdBound);

    private protected override BatchExportConnection? InputConnection => Connections.OriginOf(InputObject);

    private protected override bool HasSeveralConnections =>
        Services.Count > 1 || _jobs.Select(job => job.Service).Distinct().Skip(1).Any();

    private protected override void Prepare()
    {
        base.Prepare();
        _isProjectIdBound = IsBound(nameof(ProjectId));
    }

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (Id is not null)
            return GetByIdAsync(pipeline, Id, cancellationToken);

        if (Name is null && InputObject is null && MyInvocation.ExpectingInput)
        {
            pipeline.WriteError(ErrorRecords.NoExportForInput());
            return Task.CompletedTask;
        }

        _jobs.AddRange(ScopesOfInput());
        return Task.CompletedTask;
    }

    private protected override Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        Name is { Length: 0 } ? Task.CompletedTask : ListAsync(pipeline, cancellationToken);

    private async Task GetByIdAsync(AsyncPipeline pipeline, string[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
            return;

        _byId ??= new PagedItems(PagingParameters);
        await _byId.WriteTotalCountAsync(pipeline, Paused is null && !MyInvocation.ExpectingInput ? ids.Length : null);
        foreach (var id in ids.TakeWhile(_ => !_byId.IsDone))
            await GetByIdAsync(pipeline, id, cancellationToken);
    }

    // An export is at one of several connections. Whether it is nowhere is known only if all of them have answered.
    private async Task GetByIdAsync(AsyncPipeline pipeline, string idOrName, CancellationToken cancellationToken)
    {
        var places = ScopesOfInput();
        var absences = new List<Exception>();
        foreach (var place in places.TakeWhile(_ => !_byId!.IsDone))
        {
            Use(place.Service);
            await ForScopeAsync(pipeline, place, idOrName, isOnly: places.Count == 1, async () =>
            {
                try
                {
                    var export = await Api.Exports.GetAsync(await ExportIdAsync(idOrName, cancellationToken), cancellationToken);
                    if (HasPausedState(export))
                        await _byId!.WriteAsync(pipeline, export);
                }
                catch (Exception absence) when (ErrorRecords.IsAbsence(absence))
                {
                    absences.Add(absence);
                }
            });
        }

        if (absences.Count > 0 && absences.Count == places.Count)
        {
            Report(pipeline, absences[0], idOrName);
            await pipeline.FlushAsync();
        }
    }

    private async Task ListAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var names = new NameFilter(Name);
        var isFiltered = Name is not null || Paused is not null;
        var lists = new ConcurrentLists<ScopeJob, BatchExport>(pipeline, PagingParameters, "Getting batch exports", ScopeJob.MaxConcurrent);
        await lists.WriteAsync(
            _jobs,
            (job, paging, stop) => job.Api.Exports.ListAsync(paging, isFiltered ? Matches : null, stop),
            (job, write) => ForScopeAsync(pipeline, job, job.Scope.Id, isOnly: _jobs.Count == 1, write),
            cancellationToken);

        // If -First has cut a list short, or one has failed or none was read, the missing names may be elsewhere.
        if (!lists.IsComplete)
            return;

        foreach (var name in names.Unmatched)
            pipeline.WriteError(ErrorRecords.NameNotFound(name));

        bool Matches(BatchExport export) => names.Matches(export.Name) && HasPausedState(export);
    }

    private bool HasPausedState(BatchExport export) => Paused is not { } paused || export.Paused == paused;
}
