using System.Collections.Concurrent;
using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;
using PSBatchExports.Views;

namespace PSBatchExports.Commands;

/// <summary>
/// Fills gaps with backfills: of each export one interval first, then the ranges in waves. Writes each range as it ends; one that is not
/// filled is also an error.
/// </summary>
[Cmdlet(
    VerbsDiagnostic.Repair, "BatchExportGap",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportRepair))]
public sealed class RepairBatchExportGapCommand : ConnectedCmdlet
{
    private const int DefaultThrottleLimit = 4;
    private const int MaxThrottleLimit = 100;

    private readonly List<(BatchExportConnection Service, ApiScope Scope, BatchExportGap Gap)> _gaps = [];
    private readonly ConcurrentDictionary<string, BackfillReference> _unfinished = new();
    private string? _projectId;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public BatchExportGap[] InputObject { get; set; } = [];

    [Parameter]
    [ArgumentCompleter(typeof(Completers.ProjectIdCompleter))]
    public string? ProjectId { get; set; }

    [Parameter]
    [ValidateRange(1, MaxThrottleLimit)]
    public int ThrottleLimit { get; set; } = DefaultThrottleLimit;

    [Parameter]
    public SwitchParameter NoCanary { get; set; }

    [Parameter]
    [DurationTransformation]
    public DurationArgument LatenessMargin { get; set; }

    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? MaximumRecords { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue / 1000)]
    public int TimeoutSec { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.NewBackfill;

    private protected override ApiScope Scope => Service.Project(ProjectId ?? _projectId);

    private GapRepairOptions Options => new()
    {
        ThrottleLimit = ThrottleLimit,
        HasCanary = !NoCanary,
        LatenessMargin = LatenessMargin,
        Timeout = TimeoutSec == 0 ? null : TimeSpan.FromSeconds(TimeoutSec),
    };

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        foreach (var gap in InputObject)
        {
            _projectId = gap.ProjectId?.ToString(System.Globalization.CultureInfo.InvariantCulture);
            _gaps.Add((Service, Scope, gap));
        }

        return Task.CompletedTask;
    }

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        foreach (var group in _gaps.GroupBy(item => item.Service, item => (item.Scope, item.Gap)).ToArray())
        {
            Use(group.Key);
            var repair = new GapRepair(Client, TimeProvider.System);
            var plans = await PlanAsync(pipeline, repair, group, cancellationToken);
            if (plans.Count == 0 || !IsWithinBudget(pipeline, plans))
                continue;

            WarnOfEventTime(pipeline, plans);
            if (await ConfirmAsync(pipeline, plans) is { Count: > 0 } confirmed)
                await RunAsync(pipeline, repair, confirmed, cancellationToken);
        }
    }

    private protected override string? DescribeUnfinishedWork() => UnfinishedWork.Repairs([.. _unfinished.Values]);

    private async Task<List<RepairPlan>> PlanAsync(
        AsyncPipeline pipeline,
        GapRepair repair,
        IEnumerable<(ApiScope Scope, BatchExportGap Gap)> gaps,
        CancellationToken cancellationToken)
    {
        var plans = new List<RepairPlan>();
        foreach (var export in gaps.GroupBy(item => (item.Scope, item.Gap.BatchExportId), item => item.Gap))
        {
            await ForItemAsync(pipeline, export.First(), async () =>
            {
                var plan = await repair.PlanAsync(export.Key.Scope, [.. export], Options, cancellationToken);
                Service.Known.Remember(plan.Export);
                foreach (var refused in plan.Refused.GroupBy(refusal => refusal.State))
                    pipeline.WriteWarning(RepairTexts.Refused(plan.Export, refused.Key, [.. refused]));

                if (plan.Ranges.Count > 0)
                    plans.Add(plan);
                else if (plan.Refused.Count == 0)
                    pipeline.WriteVerbose($"{plan.Export.Name}: nothing is missing any more.");
            });
        }

        return plans;
    }

    private bool IsWithinBudget(AsyncPipeline pipeline, IReadOnlyList<RepairPlan> plans)
    {
        if (MaximumRecords is not { } max)
            return true;

        if (plans.FirstOrDefault(plan => plan.EstimatedRecords is null) is { } unknown)
        {
            pipeline.WriteError(ErrorRecords.RepairCostUnknown(unknown.Export));
            return false;
        }

        var estimate = plans.Sum(plan => plan.EstimatedRecords!.Value);
        if (estimate <= max)
            return true;

        pipeline.WriteError(ErrorRecords.RepairTooLarge(estimate, max, plans.Sum(plan => plan.Ranges.Count)));
        return false;
    }

    private async Task<List<RepairPlan>> ConfirmAsync(AsyncPipeline pipeline, IReadOnlyList<RepairPlan> plans)
    {
        var confirmed = new List<RepairPlan>();
        foreach (var plan in plans)
        {
            var target = Service.Known.Describe(plan.Export.Id!) + TargetSuffix(plan.Scope);
            var ranges = new List<RepairRange>();
            foreach (var range in plan.Ranges)
            {
                if (await pipeline.ShouldProcessAsync(target, RepairTexts.Action(range)))
                    ranges.Add(range);
            }

            if (ranges.Count > 0)
                confirmed.Add(plan with { Ranges = ranges });
        }

        return confirmed;
    }

    private static void WarnOfEventTime(AsyncPipeline pipeline, IEnumerable<RepairPlan> plans)
    {
        foreach (var plan in plans)
        {
            var old = plan.Ranges.Where(range => range.Exactness == GapExactness.ByEventTime).ToArray();
            if (old.Length > 0)
                pipeline.WriteWarning(RepairTexts.ByEventTime(plan.Export, old));
        }
    }

    private async Task RunAsync(
        AsyncPipeline pipeline, GapRepair repair, IReadOnlyList<RepairPlan> plans, CancellationToken cancellationToken)
    {
        var total = plans.Sum(plan => plan.Ranges.Count);
        var progress = new WaitProgress(pipeline, "range", [.. Enumerable.Repeat("", total)]);
        var scopes = plans.ToDictionary(plan => plan.Export.Id!, plan => plan.Scope);
        try
        {
            await foreach (var outcome in repair.RunAsync(plans, Options, OnStarted, cancellationToken))
            {
                progress.OnEnded();
                await WriteAsync(pipeline, outcome);
            }
        }
        finally
        {
            progress.Complete();
        }

        void OnStarted(BatchExportRepair started)
        {
            var reference = new BackfillReference(scopes[started.BatchExportId], started.BatchExportId, started.BackfillId!);
            _unfinished[started.BackfillId!] = reference;
            progress.OnPolled(started.Name, SpanText.Between(started.Start, started.End));
        }
    }

    private async Task WriteAsync(AsyncPipeline pipeline, RepairOutcome outcome)
    {
        if (outcome.Repair.BackfillId is { } id)
        {
            await pipeline.WriteObjectAsync(outcome.Repair);
            if (outcome.Problem != RepairProblem.TimedOut)
                _unfinished.TryRemove(id, out _);
        }

        if (outcome.Problem != RepairProblem.None)
            Report(pipeline, ErrorRecords.RepairFailed(outcome, ErrorContext), outcome.Failure ?? new InvalidOperationException());
    }
}
