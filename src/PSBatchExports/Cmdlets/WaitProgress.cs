using System.Diagnostics;
using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>
/// Shows how many of the things that are waited for have ended, and the one that was just looked at: with its id, for whoever has to go on by hand, where
/// it fits into 80 columns. Used from several threads.
/// </summary>
/// <param name="pipeline">Where it is shown.</param>
/// <param name="thing">What is waited for: run or backfill.</param>
/// <param name="ids">The ids of the things.</param>
internal sealed class WaitProgress(AsyncPipeline pipeline, string thing, IReadOnlyList<string> ids)
{
    private const int ActivityId = 0x42455857;

    private readonly string _activity = ids.Count == 1 ? $"Waiting for {thing}" : $"Waiting for {ids.Count} {thing}s";
    private readonly ProgressPace _pace = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _ended;

    public void OnEnded() => Interlocked.Increment(ref _ended);

    /// <param name="id">What was looked at.</param>
    /// <param name="state">What it does, such as "Running".</param>
    public void OnSeen(string? id, string? state)
    {
        if (!_pace.IsDue())
            return;

        var (ended, time) = (Volatile.Read(ref _ended), $"{Stopwatch.GetElapsedTime(_started):hh\\:mm\\:ss}");
        pipeline.WriteProgress(Record(ids.Count == 1 ? $"{id} {state}, {time}" : $"{ended} ended, {time}, {id}", ended * 100 / ids.Count));
    }

    public void Complete()
    {
        var record = Record("done", 100);
        record.RecordType = ProgressRecordType.Completed;
        pipeline.WriteProgress(record);
    }

    private ProgressRecord Record(string status, int percent) => new(ActivityId, _activity, status) { PercentComplete = percent };
}
