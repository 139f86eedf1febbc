using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;
using PSBatchExports.Views;

namespace PSBatchExports.Commands;

/// <summary>Copies batch exports to another project or region, paused. What was copied already is returned as it is.</summary>
[Cmdlet(
    VerbsCommon.Copy, "BatchExport",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExport))]
public sealed class CopyBatchExportCommand : ExportsCmdlet
{
    private volatile bool _isCopying;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("BatchExportId")]
    [KeyTransformation("BatchExportId", "Id", Expected = "exports, such as Get-BatchExport returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public override string[] Id { get; set; } = [];

    [Parameter]
    [ConnectionTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.ConnectionCompleter))]
    public BatchExportConnection? ToConnection { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(Completers.ProjectIdCompleter))]
    public string? ToProjectId { get; set; }

    [Parameter]
    [ValidateNotNull]
    public Hashtable? IntegrationMap { get; set; }

    [Parameter]
    [NewNameTransformation]
    [ValidateNotNull]
    public object? NewName { get; set; }

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var targets = Jobs.Select(TargetOf).Distinct().ToArray();
        if (targets.Length > 1)
            throw new TerminatingErrorException(ErrorRecords.CopyTargetsDiffer());

        var exports = await ReadAsync(pipeline, cancellationToken);
        if (exports.Count == 0)
            return;

        var target = targets[0];
        pipeline.Clients = [.. pipeline.Clients, target.Client];
        var places = exports.Select(export => export.Place).Distinct().ToArray();
        var integrations = await ReadIntegrationsAsync(pipeline, places, cancellationToken);
        if (integrations.Count < places.Length)
            return;

        await ForScopeAsync(pipeline, target, target.Service, isOnly: ToConnection is null, async () =>
        {
            var sources = exports.Select(export => new ExportCopySource(export.Export, integrations[export.Place], export.NewName));
            var plan = await target.Api.Copies.PlanAsync([.. sources], IntegrationNames(), cancellationToken);
            await CopyAsync(pipeline, plan, target, cancellationToken);
        });
    }

    private protected override string? DescribeUnfinishedWork() => _isCopying ? UnfinishedWork.CopiedExports() : null;

    private async Task<List<(ScopeJob Place, BatchExport Export, string? NewName)>> ReadAsync(
        AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var exports = new List<(ScopeJob, BatchExport, string?)>();
        await ForEachJobAsync(
            pipeline,
            Jobs,
            "Reading exports",
            (job, export, _) => Task.FromResult((job.Place, Export: export)),
            async read => exports.Add((read.Place, read.Export, await NewNameAsync(pipeline, read.Export))),
            cancellationToken);
        return exports;
    }

    private async Task<Dictionary<ScopeJob, ExportCopyIntegrations>> ReadIntegrationsAsync(
        AsyncPipeline pipeline, ScopeJob[] places, CancellationToken cancellationToken)
    {
        var integrations = new Dictionary<ScopeJob, ExportCopyIntegrations>();
        foreach (var place in places)
        {
            await ForScopeAsync(
                pipeline,
                place,
                place.Service,
                isOnly: ToConnection is null,
                async () => integrations[place] = await place.Api.Copies.ReadIntegrationsAsync(cancellationToken));
        }

        return integrations;
    }

    private async Task CopyAsync(AsyncPipeline pipeline, ExportCopyPlan plan, ScopeJob target, CancellationToken cancellationToken)
    {
        var place = $"project {target.Scope.Id} at {target.Service.ApiHost.GetLeftPart(UriPartial.Authority)}";
        var progress = new ListProgress(pipeline, "Copying exports");
        try
        {
            foreach (var copy in plan.Copies)
            {
                await ForItemAsync(
                    pipeline,
                    copy.Source,
                    () => CopyAsync(pipeline, plan, copy, place, cancellationToken),
                    ErrorContext.Configuration(copy.Source.Name));
                progress.OnItem();
            }
        }
        finally
        {
            progress.Complete();
        }
    }

    private async Task CopyAsync(
        AsyncPipeline pipeline, ExportCopyPlan plan, ExportCopy copy, string place, CancellationToken cancellationToken)
    {
        if (copy.Existing is not null)
        {
            pipeline.WriteVerbose(CopyTexts.AlreadyThere(copy));
        }
        else if (copy.Conflict is null)
        {
            if (copy.HasPlaceOfSource)
                pipeline.WriteWarning(CopyTexts.SamePlace(copy));

            if (copy.LeftOut.Count > 0)
                pipeline.WriteWarning(CopyTexts.LeftOut(copy));

            if (!await pipeline.ShouldProcessAsync(copy.Source.ToString(), CopyTexts.Action(copy, place)))
                return;

            _isCopying = true;
        }

        await pipeline.WriteObjectAsync(await plan.CopyAsync(copy, cancellationToken));
    }

    private ScopeJob TargetOf(ExportJob job)
    {
        var service = ToConnection ?? job.Service;
        var scope = ToProjectId is null && ToConnection is null ? job.Scope : service.Project(ToProjectId);
        return new ScopeJob(service, ClientOf(service), scope);
    }

    private async Task<string?> NewNameAsync(AsyncPipeline pipeline, BatchExport export)
    {
        if (NewName is not ScriptBlock script)
            return NewName as string;

        return await pipeline.EvaluateAsync(() =>
        {
            var results = script.InvokeWithContext(functionsToDefine: null, [new PSVariable("_", export)]);
            return LanguagePrimitives.ConvertTo<string>(results);
        });
    }

    private Dictionary<string, string> IntegrationNames()
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in IntegrationMap ?? [])
            names[NameOf(entry.Key)] = NameOf(entry.Value);

        return names;
    }

    // What Get-BatchExportIntegration returns stands for its name.
    private static string NameOf(object? value) => PlainValues.Unwrap(value) switch
    {
        BatchExportIntegration integration => integration.Name,
        var other => Convert.ToString(other, CultureInfo.InvariantCulture) ?? "",
    };
}
