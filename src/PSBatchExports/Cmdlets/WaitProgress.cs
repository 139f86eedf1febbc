using System.Diagnostics;
using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>
/// Shows how many runs or backfills have ended, and the id of the one polled last, within 80 columns. Thread-safe.
/// </summary>
/// <param name="pipeline">The pipeline to show it in.</param>
/// <param name="noun">"run" or "backfill".</param>
/// <param name="ids">The ids of what is waited for.</param>
internal sealed class WaitProgress(AsyncPipeline pipeline, string noun, IReadOnlyList<string> ids)
{
    private readonly string _activity = ids.Count == 1 ? $"Waiting for {noun}" : $"Waiting for {ids.Count} {noun}s";
    private readonly ProgressThrottle _throttle = new(TimeProvider.System);
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _ended;

    public void OnEnded() => Interlocked.Increment(ref _ended);

    /// <param name="id">The id of what was polled.</param>
    /// <param name="state">Its state, such as "Running".</param>
    public void OnPolled(string? id, string? state)
    {
        if (!_throttle.IsDue())
            return;

        var (ended, time) = (Volatile.Read(ref _ended), $"{Stopwatch.GetElapsedTime(_started):hh\\:mm\\:ss}");
        var status = ids.Count == 1 ? $"{id} {state}, {time}" : $"{ended} ended, {time}, {id}";
        pipeline.WriteProgress(Record(status, ended * 100 / ids.Count));
    }

    public void Complete()
    {
        var record = Record("done", 100);
        record.RecordType = ProgressRecordType.Completed;
        pipeline.WriteProgress(record);
    }

    private ProgressRecord Record(string status, int percent) =>
        new(ProgressActivities.Wait, _activity, status) { PercentComplete = percent };
}
