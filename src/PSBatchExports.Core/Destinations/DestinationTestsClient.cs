using System.Runtime.CompilerServices;

namespace PSBatchExports;

/// <summary>Checks of destinations; running one contacts the real destination (docs/wire.md, section 8).</summary>
public sealed class DestinationTestsClient
{
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromMinutes(2);

    private readonly Api _api;
    private readonly ExportsClient _exports;

    internal DestinationTestsClient(Api api, ExportsClient exports)
    {
        _api = api;
        _exports = exports;
    }

    /// <summary>Checks a stored export's destination.</summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="batchExportId">The export.</param>
    /// <param name="steps">Places of the checks to run; null or empty for all.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="NoDestinationTestsException">The type has no checks.</exception>
    public async IAsyncEnumerable<DestinationTestResult> TestAsync(ApiScope scope, string batchExportId, IReadOnlyList<int>? steps = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var export = await _exports.GetAsync(scope, batchExportId, cancellationToken);
        var path = $"{scope.Prefix}batch_exports/{ApiScope.Segment(batchExportId)}/run_test_step/";
        await foreach (var result in RunAsync(scope, path, FieldsOf(export), steps, cancellationToken))
            yield return result with { BatchExportId = batchExportId };
    }

    /// <summary>Checks the destination of an export that is not made yet.</summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="fields">As for creating it.</param>
    /// <param name="steps">Places of the checks to run; null or empty for all.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="NoDestinationTestsException">The type has no checks.</exception>
    public IAsyncEnumerable<DestinationTestResult> TestAsync(ApiScope scope, BatchExportFields fields, IReadOnlyList<int>? steps = null, CancellationToken cancellationToken = default) =>
        RunAsync(scope, $"{scope.Prefix}batch_exports/run_test_step_new/", CreationRules.Apply(fields, onChange: _ => { }), steps, cancellationToken);

    private async IAsyncEnumerable<DestinationTestResult> RunAsync(ApiScope scope, string path, BatchExportFields fields, IReadOnlyList<int>? wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var steps = await ListAsync(scope, fields.Destination.Or(null)?.Type ?? "", cancellationToken);
        if (wanted?.FirstOrDefault(step => step >= steps.Count, -1) is { } missing and >= 0)
            throw new ArgumentException($"There is no check {missing}; this type has {steps.Count}, from 0 on.");

        string? failed = null;
        foreach (var step in Enumerable.Range(0, steps.Count).Where(step => wanted is not { Count: > 0 } || wanted.Contains(step)))
        {
            var listed = steps[step];
            if (failed is not null)
            {
                yield return Result(scope, fields, step, listed, "Skipped", $"Not run, because '{DisplayText.Clean(failed)}' failed.");
                continue;
            }

            var request = _api.Post(path, Repeat.Freely, writer => fields.Write(writer, step)) with { LeastTimeout = LeastTimeout };
            var answer = await _api.SendAsync(request, wire => wire.DestinationTestStep, cancellationToken);
            if (answer.Result?.Status == "Failed")
                failed = answer.Name ?? listed.Name;

            yield return Result(scope, fields, step, answer.Name is null ? listed : answer, answer.Result?.Status, DisplayText.Clean(request.Secrets.HideIn(answer.Result?.Message)));
        }
    }

    private async Task<IReadOnlyList<DestinationTestStep>> ListAsync(ApiScope scope, string type, CancellationToken cancellationToken)
    {
        try
        {
            var request = _api.Get($"{scope.Prefix}batch_exports/test/", new Query().Add("destination", type).ToString()) with { MayBeRefusedWithoutBody = true };
            return (await _api.SendAsync(request, wire => wire.DestinationTestSteps, cancellationToken)).Steps ?? [];
        }
        catch (UnexpectedResponseException none) when (none is { HasNoBody: true, Request.StatusCode: 400 or 404 })
        {
            throw new NoDestinationTestsException(type, _api.Secrets);
        }
    }

    private static BatchExportFields FieldsOf(BatchExport export) => new()
    {
        Name = export.Name,
        Model = export.Model,
        Interval = export.Interval,
        Destination = BatchExportDestination.Create(export.Destination?.Type, config: null, export.Destination?.Integration is { } integration ? integration : default(Optional<int?>)),
        HogQLQuery = Given(export.HogQLQuery),
        HogQLModifiers = export.HogQLModifiers is { } modifiers ? new Optional<object?>(modifiers) : default,
        PrimaryKey = export.PrimaryKey is { } primary ? new Optional<IReadOnlyList<string>?>(primary) : default,
        VersionKey = export.VersionKey is { } version ? new Optional<IReadOnlyList<string>?>(version) : default,
        IncrementalMode = Given(export.IncrementalMode),
    };

    private static Optional<string?> Given(string? value) => value is null ? default : new Optional<string?>(value);

    private DestinationTestResult Result(ApiScope scope, BatchExportFields fields, int step, DestinationTestStep listed, string? status, string? message) =>
        new()
        {
            Step = step,
            Name = listed.Name,
            Description = listed.Description,
            Status = status,
            Message = message,
            BatchExportName = fields.Name.Or(null),
            ProjectId = scope.ProjectNumber,
            Connection = _api.Connection,
        };
}
