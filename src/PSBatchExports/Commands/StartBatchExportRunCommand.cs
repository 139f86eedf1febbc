using System.Collections;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Starts an on-demand run, which exports files to download. Billed by the exported rows.</summary>
[Cmdlet(
    VerbsLifecycle.Start, "BatchExportRun",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportRun))]
public sealed class StartBatchExportRunCommand : ProjectCmdlet, IOnDemandSettings
{
    private volatile bool _isStarting;

    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(Completers.ModelCompleter))]
    public string? Model { get; set; }

    [Parameter(Position = 1)]
    [TimeTransformation]
    public TimeArgument? DataIntervalStart { get; set; }

    [Parameter(Position = 2)]
    [TimeTransformation]
    public TimeArgument? DataIntervalEnd { get; set; }

    [Parameter]
    [DurationTransformation]
    public DurationArgument? Last { get; set; }

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

    private protected override ErrorContext ErrorContext => ErrorContext.NewRun;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForItemAsync(pipeline, this.EffectiveModel(), async () =>
        {
            var interval = Interval();
            var request = this.ToRequest(interval);
            if (request.Model != "hogql" && interval.IsOpen)
                throw new TerminatingErrorException(ErrorRecords.IntervalMissing(request.Model));

            if (request.Model != "hogql" && interval.LengthError() is { } reason)
                throw new TerminatingErrorException(ErrorRecords.IntervalTooLong(reason));

            if (await pipeline.ShouldProcessAsync(Describe(request), "Start an export on demand (billed by the rows exported)"))
                await pipeline.WriteObjectAsync(await StartAsync(request, cancellationToken));
        });

    private protected override string? DescribeUnfinishedWork() => _isStarting ? UnfinishedWork.StartedRun() : null;

    private async Task<BatchExportRun> StartAsync(OnDemandRunRequest request, CancellationToken cancellationToken)
    {
        _isStarting = true;
        try
        {
            return await Api.OnDemandRuns.StartAsync(request, cancellationToken);
        }
        finally
        {
            _isStarting = false;
        }
    }

    private static string Describe(OnDemandRunRequest request) => request is { DataIntervalStart: { } start, DataIntervalEnd: { } end }
        ? FormattableString.Invariant(
            $"{request.Model} from {start.UtcDateTime:yyyy-MM-dd HH:mm} to {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC")
        : request.Model;

    private DataInterval Interval()
    {
        if (Last is not { } last)
            return new DataInterval(DataIntervalStart, DataIntervalEnd);

        if (last.ToTimeSpan() <= TimeSpan.Zero)
            throw new TerminatingErrorException(ErrorRecords.InvalidLast($"{last}"));

        if (DataIntervalStart is not null && DataIntervalEnd is not null)
            throw new TerminatingErrorException(ErrorRecords.IntervalGivenTwice());

        return DataInterval.OfLength(last.ToTimeSpan(), DataIntervalStart, DataIntervalEnd, TimeProvider.System.GetUtcNow());
    }
}
