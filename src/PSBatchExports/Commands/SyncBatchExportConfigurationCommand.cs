using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Views;

namespace PSBatchExports.Commands;

/// <summary>Makes batch exports equal to their configuration files. Goes on after a failure.</summary>
[Cmdlet(
    VerbsData.Sync, "BatchExportConfiguration",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExport))]
public sealed class SyncBatchExportConfigurationCommand : ConnectedCmdlet
{
    private readonly List<(ConfigurationsClient Api, ApiScope Scope, BatchExportConfigurationDifference Difference)> _changes = [];
    private readonly Dictionary<(BatchExportClient, ApiScope), ConfigurationsClient> _clients = [];
    private readonly AnswerToAll _answer = new();
    private string? _projectId;
    private bool _confirmsHighImpact;
    private volatile string? _applying;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public BatchExportConfigurationDifference[] InputObject { get; set; } = [];

    [Parameter]
    public SwitchParameter Prune { get; set; }

    [Parameter]
    public SwitchParameter AllowReplace { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Export;

    private protected override ApiScope Scope => Service.Project(_projectId);

    private protected override void Prepare()
    {
        base.Prepare();
        var preference = Convert.ToString(GetVariableValue("ConfirmPreference"), CultureInfo.InvariantCulture);
        _confirmsHighImpact = SwitchValue("Confirm") is null
            && string.Equals(preference, nameof(ConfirmImpact.High), StringComparison.OrdinalIgnoreCase);
    }

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        foreach (var difference in InputObject.Where(difference => difference.Change != ConfigurationChange.Equal))
        {
            _projectId = difference.ProjectId?.ToString(CultureInfo.InvariantCulture);
            if (!_clients.TryGetValue((Client, Scope), out var api))
                _clients[(Client, Scope)] = api = Api.Configurations;

            _changes.Add((api, Scope, difference));
        }

        return Task.CompletedTask;
    }

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var removals = _changes.Select(change => change.Difference).Where(IsRemoval).ToArray();
        if (removals.Length > 0 && !Prune)
            pipeline.WriteError(ErrorRecords.PruneNotGiven(removals));

        var progress = new ListProgress(pipeline, "Changing exports");
        try
        {
            foreach (var (api, scope, difference) in _changes.Where(change => Prune || !IsRemoval(change.Difference)))
            {
                await ForItemAsync(
                    pipeline,
                    difference,
                    () => ApplyAsync(pipeline, api, scope, difference, removals.Length, cancellationToken),
                    ErrorContext.Configuration(difference.Name));
                progress.OnItem();
            }
        }
        finally
        {
            progress.Complete();
        }
    }

    private protected override string? DescribeUnfinishedWork() =>
        _applying is { } name ? UnfinishedWork.SyncedExport(name) : null;

    private static bool IsRemoval(BatchExportConfigurationDifference difference) => difference.Change == ConfigurationChange.Remove;

    private async Task ApplyAsync(
        AsyncPipeline pipeline,
        ConfigurationsClient api,
        ApiScope scope,
        BatchExportConfigurationDifference difference,
        int removals,
        CancellationToken cancellationToken)
    {
        var isReplacement = difference.Change == ConfigurationChange.Replace;
        if (isReplacement && !AllowReplace)
        {
            pipeline.WriteError(ErrorRecords.ReplaceNotAllowed(difference));
            return;
        }

        var target = $"{difference.Name}{(difference.BatchExportId is { } id ? $" ({id})" : "")}{TargetSuffix(scope)}";
        var action = ConfigurationTexts.Action(difference, removals);
        if (!await pipeline.ShouldProcessAsync(target, action))
            return;

        var isHighImpact = isReplacement || IsRemoval(difference);
        if (isHighImpact && _confirmsHighImpact && !await pipeline.ShouldContinueAsync($"{action}: {target}?", "Confirm", _answer))
            return;

        _applying = difference.Name;
        try
        {
            var export = await api.ApplyAsync(difference, cancellationToken);
            if (PassThru && export is not null)
                await pipeline.WriteObjectAsync(export);
        }
        finally
        {
            _applying = null;
        }
    }
}
