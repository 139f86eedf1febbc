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

    private static readonly Field[] Fields =
    [
        new(nameof(Name), (fields, given) => fields with { Name = given.Name }),
        new(nameof(Destination), (fields, given) => fields with { Destination = given.Destination }),
        new(nameof(Interval), (fields, given) => fields with { Interval = given.Interval }),
        new(nameof(Model), (fields, given) => fields with { Model = given.Model }),
        new(nameof(StartAt), (fields, given) => fields with { StartAt = (DateTimeOffset?)given.StartAt }),
        new(nameof(EndAt), (fields, given) => fields with { EndAt = (DateTimeOffset?)given.EndAt }),
        new(nameof(TimeZone), (fields, given) => fields with { TimeZone = given.TimeZone }),
        new(nameof(OffsetDay), (fields, given) => fields with { OffsetDay = given.OffsetDay }),
        new(nameof(OffsetHour), (fields, given) => fields with { OffsetHour = given.OffsetHour }),
        new(nameof(Filter), (fields, given) => fields with { Filters = new(given.Filter) }),
        new(nameof(HogQLQuery), (fields, given) => fields with { HogQLQuery = given.HogQLQuery }),
        new(nameof(HogQLModifier), (fields, given) => fields with { HogQLModifiers = given.GivenModifiers() }),
        new(nameof(Utc), (fields, given) => fields with { HogQLModifiers = given.GivenModifiers() }),
        new(nameof(PrimaryKey), (fields, given) => fields with { PrimaryKey = new(given.PrimaryKey) }),
        new(nameof(VersionKey), (fields, given) => fields with { VersionKey = new(given.VersionKey) }),
        new(nameof(IncrementalMode), (fields, given) => fields with { IncrementalMode = given.IncrementalMode }),
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

    private IEnumerable<Field> BoundFields => Fields.Where(IsGiven);

    private bool IsGiven(Field field) =>
        IsBound(field.Parameter) && MyInvocation.BoundParameters[field.Parameter] is not SwitchParameter { IsPresent: false };

    // "Interval to 'day', OffsetHour to 3"; only the name if the value is long or may contain a secret.
    private string DescribeChanges()
    {
        var changes = BoundFields.Select(field => DescribeChange(field.Parameter, MyInvocation.BoundParameters[field.Parameter]));
        return string.Join(", ", changes);
    }

    private static string DescribeChange(string parameter, object? value) => value switch
    {
        null => $"{parameter} to nothing",
        string text when parameter != nameof(HogQLQuery) => $"{parameter} to '{text}'",
        int or DayOfWeek => FormattableString.Invariant($"{parameter} to {value}"),
        TimeArgument time => FormattableString.Invariant($"{parameter} to {time.ToDateTimeOffset().UtcDateTime:yyyy-MM-dd HH:mm} UTC"),
        _ => parameter,
    };

    private BatchExportFields Changes() => BoundFields.Aggregate(new BatchExportFields(), (fields, field) => field.Set(fields, this));

    private Optional<object?> GivenModifiers() => new(QueryModifiers.From(HogQLModifier, Utc));

    /// <summary>A parameter that changes a field of an export.</summary>
    /// <param name="Parameter">The parameter's name.</param>
    /// <param name="Set">Adds its value to the fields to send.</param>
    private sealed record Field(string Parameter, Func<BatchExportFields, SetBatchExportCommand, BatchExportFields> Set);
}
