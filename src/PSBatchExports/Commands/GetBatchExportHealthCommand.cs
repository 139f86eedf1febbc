using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Gets until when the data of batch exports is whole, and how they are doing.</summary>
[Cmdlet(
    VerbsCommon.Get, "BatchExportHealth",
    DefaultParameterSetName = ByName,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportHealth))]
public sealed class GetBatchExportHealthCommand : ExportsCmdlet<BatchExportConnection[]>
{
    private const string ByName = "ByName";
    private const string ById = "ById";

    [Parameter(ParameterSetName = ByName, Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(Completers.ExportNameCompleter))]
    public string[]? Name { get; set; }

    [Parameter(ParameterSetName = ById, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("BatchExportId", "Id", Expected = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public override string[] Id { get; set; } = [];

    [Parameter(ValueFromPipeline = true)]
    [ConnectionsTransformation]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.ConnectionCompleter))]
    public override BatchExportConnection[]? Connection { get; set; }

    [Parameter]
    [DurationTransformation]
    public DurationArgument? MaximumLag { get; set; }

    [Parameter]
    [TimeTransformation]
    public TimeArgument? After { get; set; }

    private protected override async Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (ParameterSetName == ById)
            await base.ProcessConnectedAsync(pipeline, cancellationToken);
        else if (Name is not { Length: 0 })
            await ListAsync(pipeline, cancellationToken);
    }

    private protected override Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        WriteAsync(pipeline, Jobs, cancellationToken);

    private async Task ListAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var names = new NameFilter(Name);
        var (jobs, isComplete) = await ListAsync(pipeline, export => names.Matches(export.Name), cancellationToken);
        foreach (var name in isComplete ? names.Unmatched : [])
            pipeline.WriteError(ErrorRecords.NameNotFound(name));

        await WriteAsync(pipeline, jobs, cancellationToken);
    }

    private Task WriteAsync(AsyncPipeline pipeline, IReadOnlyList<ExportJob> jobs, CancellationToken cancellationToken) => ForEachJobAsync(
        pipeline,
        jobs,
        "Reading runs",
        (job, export, stop) => job.Api.Health.GetAsync(export, MaximumLag?.ToTimeSpan(), After, stop),
        health => pipeline.WriteObjectAsync(health).AsTask(),
        cancellationToken);
}
