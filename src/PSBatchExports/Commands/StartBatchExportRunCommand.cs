using System.Collections;
using System.Management.Automation;
using PSBatchExports.Abstractions;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Starts an export on demand, whose result is files to download. It is billed by the rows exported.</summary>
[Cmdlet(VerbsLifecycle.Start, "BatchExportRun", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportRun))]
public sealed class StartBatchExportRunCommand : ProjectCmdlet
{
    /// <summary>What is exported: events, persons, sessions or hogql. Default: events; with -HogQLQuery hogql.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(Completers.ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>Start of the data, inclusive. Text without an offset is UTC. Needed unless the model is hogql.</summary>
    [Parameter]
    [TimeTransformation]
    public TimeArgument? DataIntervalStart { get; set; }

    /// <summary>End of the data, exclusive, at most seven days after the start. Needed unless the model is hogql.</summary>
    [Parameter]
    [TimeTransformation]
    public TimeArgument? DataIntervalEnd { get; set; }

    /// <summary>Parquet or JSONLines. Default: Parquet.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completers.FormatCompleter))]
    public string? Format { get; set; }

    /// <summary>For Parquet zstd, lz4, snappy, gzip or brotli; for JSONLines gzip or brotli. Default: none.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completers.CompressionCompleter))]
    public string? Compression { get; set; }

    /// <summary>About how many MiB a file may have; 0 for one file whatever its size. Default: the server's, 1024.</summary>
    [Parameter]
    [IntTransformation]
    [ValidateRange(0, int.MaxValue)]
    public int? MaxFileSizeMB { get; set; }

    /// <summary>Names of the events to keep; for the events model. Default: all.</summary>
    [Parameter]
    public string[]? Include { get; set; }

    /// <summary>Names of the events to drop; for the events model. Default: none.</summary>
    [Parameter]
    public string[]? Exclude { get; set; }

    /// <summary>The query of the hogql model.</summary>
    [Parameter]
    public string? HogQLQuery { get; set; }

    /// <summary>Modifiers of the query.</summary>
    [Parameter]
    [DictionaryTransformation]
    public IDictionary? HogQLModifier { get; set; }

    /// <summary>Times of the query's result in UTC, not in the project's time zone: the modifier convertToProjectTimezone as false.</summary>
    [Parameter]
    public SwitchParameter Utc { get; set; }

    private string EffectiveModel => !string.IsNullOrEmpty(Model) ? Model : string.IsNullOrEmpty(HogQLQuery) ? "events" : "hogql";

    private protected override ErrorContext ErrorContext => ErrorContext.NewRun;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForItemAsync(pipeline, EffectiveModel, async () =>
        {
            var request = Request();
            if (request.Model != "hogql" && (request.DataIntervalStart is null || request.DataIntervalEnd is null))
            {
                throw new TerminatingErrorException(ErrorRecords.Invalid(
                    "IntervalMissing",
                    "-DataIntervalStart and -DataIntervalEnd are needed, such as 2026-11-01 and 2026-11-02.",
                    "Give both bounds, at most seven days apart.",
                    request.Model));
            }

            if (await pipeline.ShouldProcessAsync(Describe(request), "Start an export on demand (billed by the rows exported)"))
                await pipeline.WriteObjectAsync(await Client.OnDemandRuns.StartAsync(Scope, request, cancellationToken));
        });

    private static string Describe(OnDemandRunRequest request) => request is { DataIntervalStart: { } start, DataIntervalEnd: { } end }
        ? FormattableString.Invariant($"{request.Model} from {start.UtcDateTime:yyyy-MM-dd HH:mm} to {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC")
        : request.Model;

    private OnDemandRunRequest Request() => new()
    {
        Model = EffectiveModel,
        DataIntervalStart = DataIntervalStart,
        DataIntervalEnd = DataIntervalEnd,
        Format = FileFormats.Canonical(Format),
        Compression = FileFormats.Canonical(Compression),
        MaxFileSizeMB = MaxFileSizeMB,
        Include = Include,
        Exclude = Exclude,
        HogQLQuery = HogQLQuery,
        HogQLModifiers = QueryModifiers.From(HogQLModifier, Utc, EffectiveModel),
    };
}
