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

        var sources = await ReadAsync(pipeline, cancellationToken);
        if (sources.Count == 0)
            return;

        var target = targets[0];
        pipeline.Clients = [.. pipeline.Clients, target.Client];
        await ForScopeAsync(pipeline, target, target.Service, isOnly: ToConnection is null, async () =>
        {
            var plan = await target.Api.Copies.PlanAsync(sources, IntegrationNames(), cancellationToken);
            await CopyAsync(pipeline, plan, target, cancellationToken);
        });
    }

    private protected override string? DescribeUnfinishedWork() => _isCopying ? UnfinishedWork.CopiedExports() : null;

    private async Task<List<ExportCopySource>> ReadAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var clients = Jobs.Select(job => (job.Client, job.Scope)).Distinct()
            .ToDictionary(key => key, key => key.Client.In(key.Scope).Integrations);
        var sources = new List<ExportCopySource>();
        await ForEachJobAsync(
            pipeline,
            Jobs,
            "Reading exports",
            (job, export, _) => Task.FromResult((clients[(job.Client, job.Scope)], export)),
            AddAsync,
            cancellationToken);
        return sources;

        async Task AddAsync((IntegrationsClient Integrations, BatchExport Export) source) =>
            sources.Add(new ExportCopySource(source.Export, source.Integrations, await NewNameAsync(pipeline, source.Export)));
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
