using System.Diagnostics;
using System.Management.Automation;
using PSBatchExports.Abstractions;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>
/// Waits for runs to end, all at once, and puts out each as it completes, with its files once their list no longer grows. A run that ends otherwise is an error
/// with the run as its target.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "BatchExportRun", HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportRun))]
public sealed class WaitBatchExportRunCommand : ProjectCmdlet
{
    private const int DefaultTimeoutSec = 24 * 60 * 60;
    private readonly List<RunReference> _runs = [];
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Ids of runs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("RunId", Takes = "runs, such as Get-BatchExportRun returns")]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(Completers.RunIdCompleter))]
    public string[] RunId { get; set; } = [];

    /// <summary>The export of scheduled runs. Default: none, for runs on demand.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [KeyTransformation("BatchExportId")]
    [AllowNull]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(Completers.ExportIdCompleter))]
    public string? BatchExportId { get; set; }

    /// <summary>Seconds to wait for all runs; 0 for as long as it takes. Default: 86400, a day.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue / 1000)]
    public int? TimeoutSec { get; set; }

    /// <summary>Seconds between two looks at a run, the first of which is at once. Default: 1, growing to 15, from the time on at which the run can have ended.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int? PollingIntervalSec { get; set; }

    private protected override ErrorContext ErrorContext => ErrorContext.Run;

    private protected override Task ProcessConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        ForEachAsync(pipeline, RunId, async id =>
        {
            var export = string.IsNullOrEmpty(BatchExportId) ? null : await ExportIdAsync(Scope, BatchExportId, cancellationToken);
            _runs.Add(new RunReference(Scope, id, export));
        });

    private protected override async Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        var runs = _runs.Distinct().ToArray();
        if (runs.Length == 0)
            return;

        var timeout = TimeoutSec == 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(TimeoutSec ?? DefaultTimeoutSec);
        var interval = PollingIntervalSec is { } every ? TimeSpan.FromSeconds(every) : (TimeSpan?)null;
        var progress = new WaitProgress(pipeline, runs.Length);
        try
        {
            await foreach (var outcome in new RunWaiter(Client, TimeProvider.System).WaitAsync(runs, Left(timeout), interval, progress.OnSeen, cancellationToken))
            {
                progress.OnEnded();
                await WriteAsync(pipeline, outcome, timeout);
            }
        }
        finally
        {
            progress.Complete();
        }
    }

    // The time runs while input comes in, too.
    private TimeSpan? Left(TimeSpan? timeout) =>
        timeout is { } whole ? TimeSpan.FromTicks(Math.Max(0, (whole - Stopwatch.GetElapsedTime(_started)).Ticks)) : null;

    private async Task WriteAsync(AsyncPipeline pipeline, WaitOutcome outcome, TimeSpan? timeout)
    {
        if (outcome.Failure is { } failure)
            Report(pipeline, failure, outcome.Reference.RunId);
        else if (outcome.IsTimedOut)
            pipeline.WriteError(ErrorRecords.WaitTimedOut(outcome, timeout!.Value));
        else if (outcome.Run!.Status != RunStatus.Completed)
            pipeline.WriteError(ErrorRecords.WaitEnded((BatchExportRun)Seen.By(Service).Complete(outcome.Run)!));
        else
            await pipeline.WriteObjectAsync(outcome.Run);
    }

    /// <summary>Shows how many runs have ended and what the others do.</summary>
    private sealed class WaitProgress(AsyncPipeline pipeline, int total)
    {
        private readonly ProgressPace _pace = new();
        private readonly long _started = Stopwatch.GetTimestamp();
        private int _ended;

        public void OnEnded() => Interlocked.Increment(ref _ended);

        public void OnSeen(BatchExportRun run)
        {
            if (!_pace.IsDue())
                return;

            var ended = Volatile.Read(ref _ended);
            pipeline.WriteProgress(Record($"{ended} of {total} ended, {Stopwatch.GetElapsedTime(_started):hh\\:mm\\:ss}", WhatOf(run), ended * 100 / total));
        }

        public void Complete()
        {
            var record = Record("done", "done", 100);
            record.RecordType = ProgressRecordType.Completed;
            pipeline.WriteProgress(record);
        }

        private static string WhatOf(BatchExportRun run) =>
            run is { Status: RunStatus.Completed, BatchExportId: null } ? $"{run.RunId} has completed, its files are listed" : $"{run.RunId} is {run.Status}";

        private static ProgressRecord Record(string status, string operation, int percent) =>
            new(0x42455857, "Waiting for batch export runs", status) { CurrentOperation = operation, PercentComplete = percent };
    }
}
