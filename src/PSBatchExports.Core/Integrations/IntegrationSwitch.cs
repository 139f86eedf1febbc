using System.Runtime.CompilerServices;
using PSBatchExports.Integrations;

namespace PSBatchExports;

/// <summary>
/// Switches the exports of a project from one integration to another, one after the other (docs/wire.md, section 16). What is left to do
/// shows in the exports alone, so that the same call goes on after any interruption. No integration is deleted.
/// </summary>
public sealed class IntegrationSwitch
{
    private readonly IntegrationsClient _integrations;
    private readonly ExportsClient _exports;
    private readonly DestinationTestsClient _tests;

    internal IntegrationSwitch(IntegrationsClient integrations, ExportsClient exports, DestinationTestsClient tests)
    {
        _integrations = integrations;
        _exports = exports;
        _tests = tests;
    }

    /// <summary>Finds two integrations of one kind, and the exports that use the first.</summary>
    /// <param name="from">The number or name of the old one.</param>
    /// <param name="to">The number or name of the new one.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="IntegrationNameException">A text names none or several, or the two are not of one kind.</exception>
    public async Task<IntegrationSwitchPlan> PlanAsync(string from, string to, CancellationToken cancellationToken = default)
    {
        var all = new List<BatchExportIntegration>();
        await foreach (var integration in _integrations.ListAsync(cancellationToken: cancellationToken))
            all.Add(integration);

        var pair = IntegrationPair.Find(all, from, to);
        return new(pair.From, pair.To, await _integrations.ListUsersAsync(pair.From.IntegrationId, cancellationToken));
    }

    /// <summary>Switches the exports of a plan. Returns each that was changed, or could not be.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="test">Whether to check each destination with the new integration first, which contacts the destination.</param>
    /// <param name="cancellationToken">Cancels the work between two requests.</param>
    public async IAsyncEnumerable<IntegrationSwitchOutcome> RunAsync(
        IntegrationSwitchPlan plan, bool test = true, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var export in plan.Exports)
        {
            var work = new ExportIntegrationSwitch(_exports, _tests, plan, export);
            if (await work.RunAsync(test, cancellationToken) is { } outcome)
                yield return outcome;
        }
    }
}
