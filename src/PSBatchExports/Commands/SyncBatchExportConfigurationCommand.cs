using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Session;
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
    private readonly List<(ScopeJob Place, BatchExportConfigurationDifference Difference)> _changes = [];
    private readonly Dictionary<ScopeJob, ConfigurationsClient> _clients = [];
    private readonly AnswerToAll _answer = new();
    private string? _projectId;
    private BatchExportConnection?[] _origins = [];
    private bool _isConnectionGiven;
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

    private protected override BatchExportConnection? InputConnection => _origins.FirstOrDefault(origin => origin is not null);

    private protected override void Prepare()
    {
        base.Prepare();
        _isConnectionGiven = IsBound(nameof(Connection));
        var preference = Convert.ToString(GetVariableValue("ConfirmPreference"), CultureInfo.InvariantCulture);
        _confirmsHighImpact = SwitchValue("Confirm") is null
            && string.Equals(preference, nameof(ConfirmImpact.High), StringComparison.OrdinalIgnoreCase);
    }

    private protected override void PrepareRecord()
    {
        _origins = [.. InputObject.Select(Connections.OriginOf)];
        base.PrepareRecord();
    }

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        foreach (var (difference, origin) in InputObject.Zip(_origins))
        {
            if (difference.Change == ConfigurationChange.Equal)
                continue;

            if (!_isConnectionGiven && origin is not null)
                Use(origin);

            _projectId = difference.ProjectId?.ToString(CultureInfo.InvariantCulture);
            var place = new ScopeJob(Service, Client, Scope);
            _clients.TryAdd(place, Api.Configurations);
            _changes.Add((place, difference));
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
            foreach (var (place, difference) in _changes.Where(change => Prune || !IsRemoval(change.Difference)))
            {
                Use(place.Service);
                await ForItemAsync(
                    pipeline,
                    difference,
                    () => ApplyAsync(pipeline, place, difference, removals.Length, cancellationToken),
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
        ScopeJob place,
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

        var target = $"{difference.Name}{(difference.BatchExportId is { } id ? $" ({id})" : "")}{TargetSuffix(place.Scope)}";
        var action = ConfigurationTexts.Action(difference, removals);
        if (!await pipeline.ShouldProcessAsync(target, action))
            return;

        var isHighImpact = isReplacement || IsRemoval(difference);
        if (isHighImpact && _confirmsHighImpact && !await pipeline.ShouldContinueAsync($"{action}: {target}?", "Confirm", _answer))
            return;

        _applying = difference.Name;
        try
        {
            var export = await _clients[place].ApplyAsync(difference, cancellationToken);
            if (PassThru && export is not null)
                await pipeline.WriteObjectAsync(export);
        }
        finally
        {
            _applying = null;
        }
    }
}
