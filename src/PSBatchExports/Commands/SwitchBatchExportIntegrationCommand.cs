using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>
/// Switches the exports of a project from one stored credential to another, after testing it on each. Writes each export; one that keeps
/// the old credential is also an error.
/// </summary>
[Cmdlet(
    VerbsCommon.Switch, "BatchExportIntegration",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportIntegrationSwitch))]
public sealed class SwitchBatchExportIntegrationCommand : ProjectCmdlet
{
    private volatile bool _isSwitching;

    [Parameter(Mandatory = true, Position = 0)]
    [IntegrationTransformation]
    [ArgumentCompleter(typeof(Completers.IntegrationReferenceCompleter))]
    public string From { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1)]
    [IntegrationTransformation]
    [ArgumentCompleter(typeof(Completers.IntegrationReferenceCompleter))]
    public string To { get; set; } = "";

    [Parameter]
    public SwitchParameter SkipTest { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Integration;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForScopeAsync(pipeline, From, async () =>
        {
            var plan = await Api.IntegrationSwitch.PlanAsync(From, To, cancellationToken);
            if (plan.Exports.Count == 0)
                pipeline.WriteVerbose($"No export uses {DisplayText.Clean(plan.From.ToString())}.");

            await SwitchAsync(pipeline, plan with { Exports = await ConfirmAsync(pipeline, plan) }, cancellationToken);
        });

    private protected override string? DescribeUnfinishedWork() => _isSwitching ? UnfinishedWork.SwitchedIntegrations() : null;

    private string Again(IntegrationSwitchPlan plan)
    {
        var project = Scope.Id == Service.ProjectId ? "" : $" -ProjectId {Scope.Id}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Switch-BatchExportIntegration {plan.From.IntegrationId} {plan.To.IntegrationId}{project}{(SkipTest ? " -SkipTest" : "")}");
    }

    private async Task<IReadOnlyList<BatchExport>> ConfirmAsync(AsyncPipeline pipeline, IntegrationSwitchPlan plan)
    {
        var test = SkipTest ? "without testing it" : "after testing it on the destination";
        var action = DisplayText.Clean($"Switch from {plan.From} to {plan.To}, {test}")!;
        var confirmed = new List<BatchExport>();
        foreach (var export in plan.Exports)
        {
            Service.Known.Remember(export);
            if (await pipeline.ShouldProcessAsync(Service.Known.Describe(export.Id!) + TargetSuffix(), action))
                confirmed.Add(export);
        }

        return confirmed;
    }

    private async Task SwitchAsync(AsyncPipeline pipeline, IntegrationSwitchPlan plan, CancellationToken cancellationToken)
    {
        var outcomes = Api.IntegrationSwitch.RunAsync(plan, !SkipTest, cancellationToken);
        var progress = new ListProgress(pipeline, "Switching exports");
        _isSwitching = plan.Exports.Count > 0;
        try
        {
            await foreach (var outcome in outcomes.WithCancellation(cancellationToken))
            {
                progress.OnItem();
                await pipeline.WriteObjectAsync(outcome.Switch);
                if (outcome.IsSwitched)
                    continue;

                var error = ErrorRecords.SwitchFailed(outcome, Again(plan), plan, ErrorContext.Export with { Command = "Set-BatchExport" });
                Report(pipeline, error, outcome.Failure ?? error.Exception);
            }
        }
        finally
        {
            progress.Complete();
        }
    }
}
