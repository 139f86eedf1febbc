using System.Collections;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;
using PSBatchExports.Views;

namespace PSBatchExports.Commands;

/// <summary>
/// Saves the data of a long time by on-demand runs, one for each window. A ledger beside the data lets the same command go on after any
/// interruption without paying twice.
/// </summary>
[Cmdlet(
    VerbsData.Save, "BatchExportRange",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(SavedBatchExportWindow))]
public sealed class SaveBatchExportRangeCommand : ProjectCmdlet, IOnDemandSettings
{
    private volatile bool _isSaving;
    private string _folder = "";

    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(Completers.ModelCompleter))]
    public string? Model { get; set; }

    [Parameter(Mandatory = true)]
    [Alias("From")]
    [TimeTransformation]
    public TimeArgument DataIntervalStart { get; set; }

    [Parameter(Mandatory = true)]
    [Alias("To")]
    [TimeTransformation]
    public TimeArgument DataIntervalEnd { get; set; }

    [Parameter]
    [DurationTransformation]
    public DurationArgument Every { get; set; } = TimeSpan.FromDays(1);

    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter]
    [ArgumentCompleter(typeof(Completers.FormatCompleter))]
    public string? Format { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(Completers.CompressionCompleter))]
    public string? Compression { get; set; }

    [Parameter]
    [IntTransformation]
    [ValidateRange(0, int.MaxValue)]
    public int? MaxFileSizeMB { get; set; }

    [Parameter]
    public string[]? Include { get; set; }

    [Parameter]
    public string[]? Exclude { get; set; }

    [Parameter]
    public string? HogQLQuery { get; set; }

    [Parameter]
    [DictionaryTransformation]
    public IDictionary? HogQLModifier { get; set; }

    [Parameter]
    public SwitchParameter Utc { get; set; }

    [Parameter]
    [ValidateRange(1, 100)]
    public int MaximumRuns { get; set; } = 8;

    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 8;

    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? MaximumRecords { get; set; }

    [Parameter]
    public SwitchParameter Verify { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.NewRun;

    private protected override void PrepareRecord()
    {
        base.PrepareRecord();
        if (this.FileSystemPathOf(Path) is { } folder)
            _folder = folder;
        else
            ThrowTerminatingError(ErrorRecords.NotAFolder(Path));
    }

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForItemAsync(pipeline, _folder, async () =>
        {
            var options = Options();
            var saver = new RangeSaver(Client, TimeProvider.System);
            var plan = saver.Plan(Scope, options);
            if (await pipeline.ShouldProcessAsync(RangeTexts.Target(options, plan) + TargetSuffix(Scope), RangeTexts.Action(plan)))
                await SaveAsync(pipeline, saver, options, cancellationToken);
        });

    private protected override string? DescribeUnfinishedWork() => _isSaving ? UnfinishedWork.SavedRange() : null;

    private async Task SaveAsync(AsyncPipeline pipeline, RangeSaver saver, RangeSaveOptions options, CancellationToken cancellationToken)
    {
        var progress = new RangeProgressView(pipeline, options.Settings.Model);
        var (notStarted, missing) = (0, 0);
        _isSaving = true;
        try
        {
            await foreach (var outcome in saver.SaveAsync(Scope, options with { OnProgress = progress.OnProgress }, cancellationToken))
            {
                if (outcome.Saved is { } saved)
                {
                    missing += saved.Reused && !Directory.Exists(saved.FullName) ? 1 : 0;
                    await pipeline.WriteObjectAsync(saved);
                }
                else if (outcome.Problem == RangeProblem.NotStarted)
                {
                    notStarted++;
                }
                else
                {
                    var error = ErrorRecords.WindowFailed(outcome, ErrorContext);
                    Report(pipeline, error, error.Exception);
                }
            }
        }
        finally
        {
            _isSaving = false;
            progress.Complete();
        }

        if (notStarted > 0)
            pipeline.WriteWarning($"Windows that were not started: {notStarted} more. The same command starts them.");

        if (missing > 0)
        {
            pipeline.WriteWarning(
                $"Saved windows that are no longer in '{options.Folder}': {missing}. To fetch them again, use -Force; it may cost.");
        }
    }

    private RangeSaveOptions Options()
    {
        var settings = this.ToRequest();
        if (FileFormats.Mismatch(settings.Format, settings.Compression) is { } reason)
            throw new TerminatingErrorException(ErrorRecords.CompressionNotSupported(reason, settings.Compression!));

        var (start, end, now) = ((DateTimeOffset)DataIntervalStart, (DateTimeOffset)DataIntervalEnd, TimeProvider.System.GetUtcNow());
        if (start >= end)
            throw new TerminatingErrorException(ErrorRecords.RangeEmpty(start, end));

        if (end > now && end > Client.ServerTime)
            throw new TerminatingErrorException(ErrorRecords.RangeInFuture(end));

        if (Every.ToTimeSpan() < TimeSpan.FromMinutes(1) || Every.ToTimeSpan() > RangeSaveOptions.MaxWindow)
            throw new TerminatingErrorException(ErrorRecords.WindowLength($"{Every}"));

        return new RangeSaveOptions
        {
            Folder = _folder,
            Settings = settings,
            Range = new TimeRange(start, end),
            Every = Every,
            MaximumRuns = MaximumRuns,
            Connections = ThrottleLimit,
            MaximumRecords = MaximumRecords,
            Verify = Verify,
            PayAgain = Force,
        };
    }
}
