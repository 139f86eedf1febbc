using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Checks whether an export's destination can be reached and written to, for a stored export or one not made yet. Contacts the real destination.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BatchExport", DefaultParameterSetName = StoredSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(DestinationTestResult))]
public sealed class TestBatchExportCommand : ProjectCmdlet
{
    private const string StoredSet = "Stored";
    private const string NewSet = "New";

    [Parameter(ParameterSetName = StoredSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("Id", "BatchExportId", Takes = "exports, such as Get-BatchExport returns")]
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
            if (!await pipeline.ShouldProcessAsync(isStored ? Service.Known.Describe(id) : $"{Name} ({Destination})", "Contact the destination to check it"))
                return;

            var fields = new BatchExportFields { Name = Name, Destination = Destination, Interval = Interval, Model = Model is null ? default : new Optional<string?>(Model), HogQLQuery = HogQLQuery is null ? default : new Optional<string?>(HogQLQuery) };
            var results = isStored
                ? Api.DestinationTests.TestAsync(id, Step, cancellationToken)
                : Api.DestinationTests.TestAsync(fields, Step, cancellationToken);
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
}
