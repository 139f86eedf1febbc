using System.Collections;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Makes a batch export that runs on a schedule.</summary>
[Cmdlet(VerbsCommon.New, "BatchExport", DefaultParameterSetName = ProjectSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
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
            var action = $"Create a batch export to {Destination} that runs every {Interval}{await OthersOfThatNameAsync(pipeline, cancellationToken)}";
            if (!await pipeline.ShouldProcessAsync(Name + Elsewhere(), action))
                return;

            await pipeline.WriteObjectAsync(await Api.Exports.CreateAsync(Fields(), cancellationToken));
        });

    // Names need not be unique, but who is asked, or only tries, wants to know. Nobody else pays a request for it.
    private async Task<string> OthersOfThatNameAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (!pipeline.IsWhatIf && !IsTyped("Confirm"))
            return "";

        var others = await Names.FindAsync(Name, cancellationToken);
        return others.Count == 0 ? "" : $"; {string.Join(", ", others.Select(other => other.Id))} has that name already";
    }

    private BatchExportFields Fields() => new()
    {
        Name = Name,
        Destination = Destination,
        Interval = Interval,
        Model = Given(Model),
        Paused = Paused ? true : default(Optional<bool>),
        StartAt = Given((DateTimeOffset?)StartAt),
        EndAt = Given((DateTimeOffset?)EndAt),
        TimeZone = Given(TimeZone),
        OffsetDay = Given(OffsetDay),
        OffsetHour = Given(OffsetHour),
        Filters = Filter is null or [null or ""] ? default : new Optional<IReadOnlyList<object?>?>(Filter),
        HogQLQuery = Given(HogQLQuery),
        HogQLModifiers = QueryModifiers.From(HogQLModifier, Utc, string.IsNullOrEmpty(Model) ? "events" : Model) is { } modifiers ? new Optional<object?>(modifiers) : default,
        PrimaryKey = Given(PrimaryKey),
        VersionKey = Given(VersionKey),
        IncrementalMode = Given(IncrementalMode),
    };

    private static Optional<string?> Given(string? value) => string.IsNullOrEmpty(value) ? default : new Optional<string?>(value);

    private static Optional<T?> Given<T>(T? value) where T : struct => value is null ? default : new Optional<T?>(value);

    private static Optional<IReadOnlyList<string>?> Given(string[]? value) => value is null or [null or ""] ? default : new Optional<IReadOnlyList<string>?>(value);
}
