using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;
using PSBatchExports.Views;

namespace PSBatchExports.Commands;

/// <summary>Writes a page about batch exports: how they are doing, what is missing, and how to repair it.</summary>
[Cmdlet(
    VerbsData.Export, "BatchExportReport",
    DefaultParameterSetName = AllSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(FileInfo))]
public sealed class ExportBatchExportReportCommand : ExportsCmdlet<BatchExportConnection[]>
{
    private const string AllSet = "All";
    private const string ByIdSet = "ById";

    private readonly List<ExportReport> _reports = [];
    private string _file = "";
    private bool _wantsAll;

    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter(ParameterSetName = ByIdSet, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
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
    [TimeTransformation]
    public TimeArgument? After { get; set; }

    [Parameter]
    [DurationTransformation]
    public DurationArgument? MaximumLag { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Prepare()
    {
        base.Prepare();
        _file = FullPath();
        try
        {
            ReportFile.Check(_file, Force);
        }
        catch (FileSaveException failure)
        {
            ThrowTerminatingError(ErrorRecords.From(failure, _file, ErrorContext));
        }
    }

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        _wantsAll = ParameterSetName == AllSet;
        return _wantsAll ? Task.CompletedTask : base.ProcessConnectedAsync(pipeline, cancellationToken);
    }

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var action = _wantsAll ? "Write a report of all batch exports" : "Write a report of batch exports";
        if (!await pipeline.ShouldProcessAsync(_file, action))
            return;

        var jobs = Jobs;
        if (_wantsAll)
        {
            (jobs, var isComplete) = await ListAsync(pipeline, filter: null, cancellationToken);
            if (!isComplete && jobs.Count == 0)
                return;
        }

        await CollectAsync(pipeline, jobs, cancellationToken);
        await SaveAsync(pipeline);
    }

    private Task CollectAsync(AsyncPipeline pipeline, IReadOnlyList<ExportJob> jobs, CancellationToken cancellationToken)
    {
        var options = new ReportOptions { After = After is { } after ? after : null, MaxLag = MaximumLag?.ToTimeSpan() };
        var clients = jobs.Select(job => job.Client).Distinct();
        var collectors = clients.ToDictionary(client => client, client => new ReportCollector(client, options));
        return ForEachJobAsync(
            pipeline,
            jobs,
            "Reading runs",
            (job, export, stop) => collectors[job.Client].CollectAsync(job.Scope, export, stop),
            Add,
            cancellationToken,
            onFailure: (job, failure) => Add(collectors[job.Client].Fail(job.Scope, job.IdOrName, job.Export, Describe(job, failure))));
    }

    private Task Add(ExportReport report)
    {
        _reports.Add(report);
        return Task.CompletedTask;
    }

    private string Describe(ExportJob job, Exception failure) =>
        ErrorRecords.From(failure, job.IdOrName, ErrorContext with { Command = MyInvocation.MyCommand.Name }).ErrorDetails.Message;

    private async Task SaveAsync(AsyncPipeline pipeline)
    {
        var commands = new ReportCommands(_reports);
        var prefix = CommandNames.PrefixOf(this);
        var reports = _reports.Select(report => report with { Commands = [.. commands.For(report).Select(WithPrefix)] }).ToArray();
        await ForItemAsync(pipeline, _file, async () =>
        {
            ReportFile.Save(_file, Force, output => ReportPage.Write(output, reports, TimeProvider.System.GetUtcNow()));
            if (PassThru)
                await pipeline.WriteObjectAsync(await pipeline.EvaluateAsync(() => this.FileItemOf(_file)));
        });

        ReportCommand WithPrefix(ReportCommand command) => command with { Command = CommandNames.WithPrefix(command.Command, prefix) };
    }

    private string FullPath()
    {
        if (this.FileSystemPathOf(Path) is { } file)
            return file;

        ThrowTerminatingError(ErrorRecords.NotAFilePath(Path));
        return "";
    }
}
