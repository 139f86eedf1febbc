using System.Collections;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>
/// Changes batch exports. Sends only the given fields and those that the server requires with them; $null clears a field.
/// </summary>
[Cmdlet(
    VerbsCommon.Set, "BatchExport",
    DefaultParameterSetName = ProjectSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExport))]
public sealed class SetBatchExportCommand : ProjectOrOrganizationCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("Id", "BatchExportId", Expected = "exports, such as Get-BatchExport returns")]
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
        nameof(Name), nameof(Destination), nameof(Interval), nameof(Model), nameof(StartAt), nameof(EndAt), nameof(TimeZone),
        nameof(OffsetDay), nameof(OffsetHour), nameof(Filter), nameof(HogQLQuery), nameof(HogQLModifier), nameof(Utc),
        nameof(PrimaryKey), nameof(VersionKey), nameof(IncrementalMode),
    ];

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (!BoundFields.Any())
            throw new TerminatingErrorException(ErrorRecords.NothingToChange());

        var action = $"Change {DescribeChanges()}";
        return ForEachExportAsync(pipeline, Id, async id =>
        {
            var changes = Changes();
            if (!await pipeline.ShouldProcessAsync(Service.Known.Describe(id) + TargetSuffix(), action))
                return;

            var export = await Api.Exports.UpdateAsync(id, changes, cancellationToken);
            Service.Known.Remember(export);
            if (PassThru)
                await pipeline.WriteObjectAsync(export);
        }, cancellationToken);
    }

    private IEnumerable<string> BoundFields =>
        from name in Fields
        where IsBound(name) && MyInvocation.BoundParameters[name] is not SwitchParameter { IsPresent: false }
        select name;

    // "Interval to 'day', OffsetHour to 3"; only the name if the value is long or may contain a secret.
    private string DescribeChanges() =>
        string.Join(", ", BoundFields.Select(field => DescribeChange(field, MyInvocation.BoundParameters[field])));

    private static string DescribeChange(string field, object? value) => value switch
    {
        null => $"{field} to nothing",
        string text when field != nameof(HogQLQuery) => $"{field} to '{text}'",
        int or DayOfWeek => FormattableString.Invariant($"{field} to {value}"),
        TimeArgument time => FormattableString.Invariant($"{field} to {time.ToDateTimeOffset().UtcDateTime:yyyy-MM-dd HH:mm} UTC"),
        _ => field,
    };

    private BatchExportFields Changes() => new()
    {
        Name = IfBound(nameof(Name), Name),
        Destination = IfBound(nameof(Destination), Destination),
        Interval = IfBound(nameof(Interval), Interval),
        Model = IfBound(nameof(Model), Model),
        StartAt = IfBound(nameof(StartAt), (DateTimeOffset?)StartAt),
        EndAt = IfBound(nameof(EndAt), (DateTimeOffset?)EndAt),
        TimeZone = IfBound(nameof(TimeZone), TimeZone),
        OffsetDay = IfBound(nameof(OffsetDay), OffsetDay),
        OffsetHour = IfBound(nameof(OffsetHour), OffsetHour),
        Filters = IsBound(nameof(Filter)) ? new Optional<IReadOnlyList<object?>?>(Filter) : default,
        HogQLQuery = IfBound(nameof(HogQLQuery), HogQLQuery),
        HogQLModifiers = Utc || IsBound(nameof(HogQLModifier))
            ? new Optional<object?>(QueryModifiers.From(HogQLModifier, Utc))
            : default,
        PrimaryKey = IfBound<IReadOnlyList<string>?>(nameof(PrimaryKey), PrimaryKey),
        VersionKey = IfBound<IReadOnlyList<string>?>(nameof(VersionKey), VersionKey),
        IncrementalMode = IfBound(nameof(IncrementalMode), IncrementalMode),
    };

    private Optional<T> IfBound<T>(string parameter, T value) => IsBound(parameter) ? new Optional<T>(value) : default;
}
