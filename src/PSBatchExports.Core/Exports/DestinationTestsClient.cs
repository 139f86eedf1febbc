using System.Runtime.CompilerServices;
using PSBatchExports.Exports;
using PSBatchExports.Http;
using PSBatchExports.Wire;

namespace PSBatchExports;

/// <summary>Runs checks of destinations, which contact the real destination (docs/wire.md, section 8).</summary>
public sealed class DestinationTestsClient
{
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMinutes(2);

    private readonly Api _api;
    private readonly ExportsClient _exports;

    internal DestinationTestsClient(Api api, ExportsClient exports)
    {
        _api = api;
        _exports = exports;
    }

    /// <summary>Checks a stored export's destination.</summary>
    /// <param name="batchExportId">The export.</param>
    /// <param name="steps">The indexes of the checks to run; null or empty for all.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="NoDestinationTestsException">The type has no checks.</exception>
    public async IAsyncEnumerable<DestinationTestResult> TestAsync(
        string batchExportId, IReadOnlyList<int>? steps = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var export = await _exports.GetAsync(batchExportId, cancellationToken);
        var fields = FieldsOf(export, export.Destination?.Integration);
        await foreach (var result in RunAsync(_api.Routes.TestExport(batchExportId), fields, steps, cancellationToken))
            yield return result with { BatchExportId = batchExportId };
    }

    /// <summary>Checks a stored export's destination with another integration than the stored one. Nothing is changed.</summary>
    /// <param name="export">The export.</param>
    /// <param name="integration">The number of the integration.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="NoDestinationTestsException">The type has no checks.</exception>
    public async IAsyncEnumerable<DestinationTestResult> TestAsync(
        BatchExport export, int integration, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var fields = FieldsOf(export, integration);
        await foreach (var result in RunAsync(_api.Routes.TestExport(export.Id!), fields, wanted: null, cancellationToken))
            yield return result with { BatchExportId = export.Id };
    }

    /// <summary>Checks the destination of an export that does not exist yet.</summary>
    /// <param name="fields">The fields, as for creating it.</param>
    /// <param name="steps">The indexes of the checks to run; null or empty for all.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="NoDestinationTestsException">The type has no checks.</exception>
    public IAsyncEnumerable<DestinationTestResult> TestAsync(
        BatchExportFields fields, IReadOnlyList<int>? steps = null, CancellationToken cancellationToken = default) =>
        RunAsync(_api.Routes.TestNewExport, CreationRules.Apply(fields, onChange: _ => { }), steps, cancellationToken);

    private async IAsyncEnumerable<DestinationTestResult> RunAsync(
        string path, BatchExportFields fields, IReadOnlyList<int>? wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var steps = await ListAsync(fields.Destination.Or(null)?.Type ?? "", cancellationToken);
        if (wanted?.FirstOrDefault(step => step >= steps.Count, -1) is { } missing and >= 0)
            throw new ArgumentException($"There is no check {missing}; this type has {steps.Count}, from 0 on.");

        string? failed = null;
        foreach (var step in Enumerable.Range(0, steps.Count).Where(step => wanted is not { Count: > 0 } || wanted.Contains(step)))
        {
            var listed = steps[step];
            if (failed is not null)
            {
                yield return Result(fields, step, listed, "Skipped", $"Not run, because '{DisplayText.Clean(failed)}' failed.");
                continue;
            }

            var request = _api.Post(path, RetryMode.Always, writer => fields.Write(writer, step)) with { MinTimeout = MinTimeout };
            var answer = await _api.SendAsync(request, DestinationTestStep.Read, cancellationToken);
            if (answer.Result?.Status == "Failed")
                failed = answer.Name ?? listed.Name;

            var message = DisplayText.Clean(request.Secrets.HideIn(answer.Result?.Message));
            yield return Result(fields, step, answer.Name is null ? listed : answer, answer.Result?.Status, message);
        }
    }

    private async Task<IReadOnlyList<DestinationTestStep>> ListAsync(string type, CancellationToken cancellationToken)
    {
        try
        {
            var query = new Query().Add("destination", type).ToString();
            var request = _api.Get(_api.Routes.DestinationTests, query) with { MayFailWithoutBody = true };
            return (await _api.SendAsync(request, DestinationTestSteps.Read, cancellationToken)).Steps ?? [];
        }
        catch (UnexpectedResponseException none) when (none is { HasNoBody: true, Request.StatusCode: 400 or 404 })
        {
            throw new NoDestinationTestsException(type, _api.Secrets);
        }
    }

    private static BatchExportFields FieldsOf(BatchExport export, int? integration) => new()
    {
        Name = export.Name,
        Model = export.Model,
        Interval = export.Interval,
        Destination = BatchExportDestination.Create(
            export.Destination?.Type,
            config: null,
            integration is { } id ? id : default(Optional<int?>)),
        HogQLQuery = Given(export.HogQLQuery),
        HogQLModifiers = export.HogQLModifiers is { } modifiers ? new Optional<object?>(modifiers) : default,
        PrimaryKey = export.PrimaryKey is { } primary ? new Optional<IReadOnlyList<string>?>(primary) : default,
        VersionKey = export.VersionKey is { } version ? new Optional<IReadOnlyList<string>?>(version) : default,
        IncrementalMode = Given(export.IncrementalMode),
    };

    private static Optional<string?> Given(string? value) => value is null ? default : new Optional<string?>(value);

    private DestinationTestResult Result(BatchExportFields fields, int step, DestinationTestStep listed, string? status, string? message) =>
        new()
        {
            Step = step,
            Name = listed.Name,
            Description = listed.Description,
            Status = status,
            Message = message,
            BatchExportName = fields.Name.Or(null),
            ProjectId = _api.Scope.ProjectNumber,
            Origin = _api.Origin,
        };
}
