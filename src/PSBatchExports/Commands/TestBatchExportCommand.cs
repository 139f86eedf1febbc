using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Tests whether the destination of a stored or new export can be reached and written to. Contacts the real destination.</summary>
[Cmdlet(
    VerbsDiagnostic.Test, "BatchExport",
    DefaultParameterSetName = StoredSet,
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Low,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(DestinationTestResult))]
public sealed class TestBatchExportCommand : ProjectCmdlet
{
    private const string StoredSet = "Stored";
    private const string NewSet = "New";

    [Parameter(
        ParameterSetName = StoredSet,
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("Id", "BatchExportId", Expected = "exports, such as Get-BatchExport returns")]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string Id { get; set; } = "";

    [Parameter(ParameterSetName = NewSet)]
    public string Name { get; set; } = "test";

    [Parameter(ParameterSetName = NewSet, Mandatory = true)]
    [DestinationTransformation]
    public BatchExportDestination? Destination { get; set; }

    [Parameter(ParameterSetName = NewSet)]
    [ArgumentCompleter(typeof(Completers.IntervalCompleter))]
    public string Interval { get; set; } = "hour";

    [Parameter(ParameterSetName = NewSet)]
    [ArgumentCompleter(typeof(Completers.ModelCompleter))]
    public string? Model { get; set; }

    [Parameter(ParameterSetName = NewSet)]
    public string? HogQLQuery { get; set; }

    [Parameter]
    [ValidateRange(0, 100)]
    public int[]? Step { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var isStored = ParameterSetName == StoredSet;
        return ForItemAsync(pipeline, isStored ? Id : Name, async () =>
        {
            var id = isStored ? await ExportIdAsync(Id, cancellationToken) : "";
            var target = isStored ? Service.Known.Describe(id) : $"{Name} ({Destination})";
            if (!await pipeline.ShouldProcessAsync(target, "Contact the destination to check it"))
                return;

            var results = isStored
                ? Api.DestinationTests.TestAsync(id, Step, cancellationToken)
                : Api.DestinationTests.TestAsync(NewExport(), Step, cancellationToken);
            try
            {
                await pipeline.WriteAllAsync(results, "Checking the destination", onItem: null, cancellationToken);
            }
            catch (NoDestinationTestsException none)
            {
                pipeline.WriteWarning(none.Message);
            }
        });
    }

    private BatchExportFields NewExport() => new()
    {
        Name = Name,
        Destination = Destination,
        Interval = Interval,
        Model = IfNotNull(Model),
        HogQLQuery = IfNotNull(HogQLQuery),
    };

    private static Optional<string?> IfNotNull(string? value) => value is null ? default : new Optional<string?>(value);
}
