using System.Collections;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Creates a batch export that runs on a schedule.</summary>
[Cmdlet(
    VerbsCommon.New, "BatchExport",
    DefaultParameterSetName = ProjectSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExport))]
public sealed class NewBatchExportCommand : ProjectOrOrganizationCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string Name { get; set; } = "";

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [DestinationTransformation]
    public BatchExportDestination? Destination { get; set; }

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.IntervalCompleter))]
    public string Interval { get; set; } = "";

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.ModelCompleter))]
    public string? Model { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BoolTransformation(EmptyIsFalse = true)]
    public SwitchParameter Paused { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TimeTransformation]
    public TimeArgument? StartAt { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TimeTransformation]
    public TimeArgument? EndAt { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.TimeZoneCompleter))]
    public string? TimeZone { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DayOfWeekTransformation]
    public DayOfWeek? OffsetDay { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [IntTransformation]
    public int? OffsetHour { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Filters")]
    [ListTransformation]
    public object[]? Filter { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? HogQLQuery { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("HogQLModifiers")]
    [DictionaryTransformation]
    public IDictionary? HogQLModifier { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BoolTransformation(EmptyIsFalse = true)]
    public SwitchParameter Utc { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextsTransformation]
    public string[]? PrimaryKey { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextsTransformation]
    public string[]? VersionKey { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.IncrementalModeCompleter))]
    public string? IncrementalMode { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.NewExport;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForItemAsync(pipeline, Name, async () =>
        {
            var namesakes = await DescribeNamesakesAsync(pipeline, cancellationToken);
            var action = $"Create a batch export to {Destination} that runs every {Interval}{namesakes}";
            if (!await pipeline.ShouldProcessAsync(Name + TargetSuffix(), action))
                return;

            await pipeline.WriteObjectAsync(await Api.Exports.CreateAsync(Fields(), cancellationToken));
        });

    // Names need not be unique, but a prompt should mention duplicates. Without a prompt, the request is not worth it.
    private async Task<string> DescribeNamesakesAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (!pipeline.IsWhatIf && SwitchValue("Confirm") != true)
            return "";

        var namesakes = await Names.FindAsync(Name, cancellationToken);
        return namesakes.Count == 0 ? "" : $"; {string.Join(", ", namesakes.Select(namesake => namesake.Id))} has that name already";
    }

    private BatchExportFields Fields() => new()
    {
        Name = Name,
        Destination = Destination,
        Interval = Interval,
        Model = IfGiven(Model),
        Paused = Paused ? true : default(Optional<bool>),
        StartAt = IfGiven((DateTimeOffset?)StartAt),
        EndAt = IfGiven((DateTimeOffset?)EndAt),
        TimeZone = IfGiven(TimeZone),
        OffsetDay = IfGiven(OffsetDay),
        OffsetHour = IfGiven(OffsetHour),
        Filters = Filter is null or [null or ""] ? default : new Optional<IReadOnlyList<object?>?>(Filter),
        HogQLQuery = IfGiven(HogQLQuery),
        HogQLModifiers = Modifiers(),
        PrimaryKey = IfGiven(PrimaryKey),
        VersionKey = IfGiven(VersionKey),
        IncrementalMode = IfGiven(IncrementalMode),
    };

    private Optional<object?> Modifiers()
    {
        var modifiers = QueryModifiers.From(HogQLModifier, Utc, string.IsNullOrEmpty(Model) ? "events" : Model);
        return modifiers is null ? default : new Optional<object?>(modifiers);
    }

    private static Optional<string?> IfGiven(string? value) => string.IsNullOrEmpty(value) ? default : new Optional<string?>(value);

    private static Optional<T?> IfGiven<T>(T? value) where T : struct => value is null ? default : new Optional<T?>(value);

    private static Optional<IReadOnlyList<string>?> IfGiven(string[]? value) =>
        value is null or [null or ""] ? default : new Optional<IReadOnlyList<string>?>(value);
}
