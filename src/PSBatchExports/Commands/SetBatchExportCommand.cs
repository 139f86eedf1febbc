using System.Collections;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Changes batch exports: sends what was given and what the server needs with it, nothing else. $null clears where the server allows it.</summary>
[Cmdlet(VerbsCommon.Set, "BatchExport", DefaultParameterSetName = ProjectSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExport))]
public sealed class SetBatchExportCommand : ProjectOrOrganizationCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("Id", "BatchExportId", Takes = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string[] Id { get; set; } = [];

    [Parameter]
    public string? Name { get; set; }

    [Parameter]
    [DestinationTransformation]
    public BatchExportDestination? Destination { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(Completers.IntervalCompleter))]
    public string? Interval { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(Completers.ModelCompleter))]
    public string? Model { get; set; }

    [Parameter]
    [TimeTransformation]
    public TimeArgument? StartAt { get; set; }

    [Parameter]
    [TimeTransformation]
    public TimeArgument? EndAt { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(Completers.TimeZoneCompleter))]
    public string? TimeZone { get; set; }

    [Parameter]
    [DayOfWeekTransformation]
    public DayOfWeek? OffsetDay { get; set; }

    [Parameter]
    [IntTransformation]
    public int? OffsetHour { get; set; }

    [Parameter]
    [Alias("Filters")]
    [ListTransformation]
    public object[]? Filter { get; set; }

    [Parameter]
    public string? HogQLQuery { get; set; }

    [Parameter]
    [Alias("HogQLModifiers")]
    [DictionaryTransformation]
    public IDictionary? HogQLModifier { get; set; }

    [Parameter]
    public SwitchParameter Utc { get; set; }

    [Parameter]
    [TextsTransformation]
    public string[]? PrimaryKey { get; set; }

    [Parameter]
    [TextsTransformation]
    public string[]? VersionKey { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(Completers.IncrementalModeCompleter))]
    public string? IncrementalMode { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private static readonly string[] Fields =
    [
        nameof(Name), nameof(Destination), nameof(Interval), nameof(Model), nameof(StartAt), nameof(EndAt), nameof(TimeZone), nameof(OffsetDay), nameof(OffsetHour),
        nameof(Filter), nameof(HogQLQuery), nameof(HogQLModifier), nameof(Utc), nameof(PrimaryKey), nameof(VersionKey), nameof(IncrementalMode),
    ];

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (!Given.Any())
            throw new TerminatingErrorException(ErrorRecords.NothingToChange());

        var what = Describe();
        return ForEachExportAsync(pipeline, Id, async id =>
        {
            var changes = Changes();
            if (!await pipeline.ShouldProcessAsync(Service.Known.Describe(id) + Elsewhere(), $"Change {what}"))
                return;

            var export = await Api.Exports.UpdateAsync(id, changes, cancellationToken);
            Service.Known.Remember(export);
            if (PassThru)
                await pipeline.WriteObjectAsync(export);
        }, cancellationToken);
    }

    private IEnumerable<string> Given => Fields.Where(name => IsTyped(name) && MyInvocation.BoundParameters[name] is not SwitchParameter { IsPresent: false });

    // "Interval to 'day', OffsetHour to 3"; what has no short form, or may hold a secret, by its name alone.
    private string Describe() => string.Join(", ", Given.Select(field => MyInvocation.BoundParameters[field] switch
    {
        null => $"{field} to nothing",
        string text when field != nameof(HogQLQuery) => $"{field} to '{text}'",
        int or DayOfWeek => FormattableString.Invariant($"{field} to {MyInvocation.BoundParameters[field]}"),
        TimeArgument time => FormattableString.Invariant($"{field} to {time.ToDateTimeOffset().UtcDateTime:yyyy-MM-dd HH:mm} UTC"),
        _ => field,
    }));

    private BatchExportFields Changes() => new()
    {
        Name = Typed(nameof(Name), Name),
        Destination = Typed(nameof(Destination), Destination),
        Interval = Typed(nameof(Interval), Interval),
        Model = Typed(nameof(Model), Model),
        StartAt = Typed(nameof(StartAt), (DateTimeOffset?)StartAt),
        EndAt = Typed(nameof(EndAt), (DateTimeOffset?)EndAt),
        TimeZone = Typed(nameof(TimeZone), TimeZone),
        OffsetDay = Typed(nameof(OffsetDay), OffsetDay),
        OffsetHour = Typed(nameof(OffsetHour), OffsetHour),
        Filters = IsTyped(nameof(Filter)) ? new Optional<IReadOnlyList<object?>?>(Filter) : default,
        HogQLQuery = Typed(nameof(HogQLQuery), HogQLQuery),
        HogQLModifiers = Utc || IsTyped(nameof(HogQLModifier)) ? new Optional<object?>(QueryModifiers.From(HogQLModifier, Utc)) : default,
        PrimaryKey = Typed<IReadOnlyList<string>?>(nameof(PrimaryKey), PrimaryKey),
        VersionKey = Typed<IReadOnlyList<string>?>(nameof(VersionKey), VersionKey),
        IncrementalMode = Typed(nameof(IncrementalMode), IncrementalMode),
    };

    private Optional<T> Typed<T>(string parameter, T value) => IsTyped(parameter) ? new Optional<T>(value) : default;
}
