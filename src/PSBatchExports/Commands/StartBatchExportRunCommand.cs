using System.Collections;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
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
    [Parameter(Position = 1)]
    [TimeTransformation]
    public TimeArgument? DataIntervalStart { get; set; }

    /// <summary>End of the data, exclusive, at most seven days after the start. Needed unless the model is hogql.</summary>
    [Parameter(Position = 2)]
    [TimeTransformation]
    public TimeArgument? DataIntervalEnd { get; set; }

    /// <summary>How long the data goes back from its end, by default now; or on from its start: 1d, 12h, 90m, or a TimeSpan.</summary>
    [Parameter]
    [DurationTransformation]
    public DurationArgument? Last { get; set; }

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

    private volatile bool _isStarting;

    private string EffectiveModel => !string.IsNullOrEmpty(Model) ? Model : string.IsNullOrEmpty(HogQLQuery) ? "events" : "hogql";

    private protected override ErrorContext ErrorContext => ErrorContext.NewRun;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForItemAsync(pipeline, EffectiveModel, async () =>
        {
            var request = Request(Span());
            if (request.Model != "hogql" && (request.DataIntervalStart is null || request.DataIntervalEnd is null))
            {
                throw new TerminatingErrorException(ErrorRecords.Invalid(
                    "IntervalMissing",
                    "Neither both bounds of the data (-DataIntervalStart, -DataIntervalEnd) nor its length (-Last) were given.",
                    "Give -DataIntervalStart and -DataIntervalEnd, such as 2026-11-01 and 2026-11-02, or -Last 1d; at most seven days.",
                    request.Model));
            }

            if (request is { Model: not "hogql", DataIntervalStart: { } start, DataIntervalEnd: { } end })
                CheckSpan(start, end);

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
        ? FormattableString.Invariant($"{request.Model} from {start.UtcDateTime:yyyy-MM-dd HH:mm} to {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC")
        : request.Model;

    private (DateTimeOffset? Start, DateTimeOffset? End) Span()
    {
        if (Last is not { } last)
            return (DataIntervalStart, DataIntervalEnd);

        if (last.ToTimeSpan() <= TimeSpan.Zero)
            throw new TerminatingErrorException(ErrorRecords.Invalid("InvalidLast", $"-Last {last} is not a length.", "Give a positive length, such as 1d."));

        if (DataIntervalStart is not null && DataIntervalEnd is not null)
        {
            throw new TerminatingErrorException(ErrorRecords.Invalid(
                "IntervalGivenTwice", "-Last and both bounds were given.", "Leave out -Last or one of the bounds."));
        }

        if (DataIntervalStart is { } start)
            return (start, start.ToDateTimeOffset() + last);

        var end = DataIntervalEnd ?? TimeProvider.System.GetUtcNow();
        return (end.ToDateTimeOffset() - last, end);
    }

    // What the service refuses in words that name no way out. A span of local days may be an hour longer than it looks.
    private static void CheckSpan(DateTimeOffset start, DateTimeOffset end)
    {
        if (end - start <= OnDemandRunRequest.MaxSpan)
            return;

        var change = start.Offset - end.Offset;
        var hour = change > TimeSpan.Zero && end - start - change <= OnDemandRunRequest.MaxSpan
            ? $" The clocks change in it, which makes it {change.TotalHours:0.#} h longer than the days that it spans."
            : "";
        throw new TerminatingErrorException(ErrorRecords.Invalid(
            "IntervalTooLong",
            FormattableString.Invariant($"The data from {start:yyyy-MM-dd HH:mm zzz} to {end:yyyy-MM-dd HH:mm zzz} spans more than seven days, which is the most that a run takes.{hour}"),
            "Start a run for each seven days or less."));
    }

    private OnDemandRunRequest Request((DateTimeOffset? Start, DateTimeOffset? End) span) => new()
    {
        Model = EffectiveModel,
        DataIntervalStart = span.Start,
        DataIntervalEnd = span.End,
        Format = FileFormats.Canonical(Format),
        Compression = FileFormats.Canonical(Compression),
        MaxFileSizeMB = MaxFileSizeMB,
        Include = Include,
        Exclude = Exclude,
        HogQLQuery = HogQLQuery,
        HogQLModifiers = QueryModifiers.From(HogQLModifier, Utc, EffectiveModel),
    };
}
