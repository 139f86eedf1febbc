using System.Diagnostics;
using System.Management.Automation;

namespace PSBatchExports.Abstractions;

/// <summary>Shows how many of the things that are waited for have ended, and what the one does that was just looked at. Used from several threads.</summary>
/// <param name="pipeline">Where it is shown.</param>
/// <param name="activity">What is done, such as "Waiting for backfills".</param>
/// <param name="total">How many things are waited for.</param>
internal sealed class WaitProgress(AsyncPipeline pipeline, string activity, int total)
{
    private const int ActivityId = 0x42455857;

    private readonly ProgressPace _pace = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _ended;

    public void OnEnded() => Interlocked.Increment(ref _ended);

    /// <param name="what">What it does, such as "0197… is Running".</param>
    public void OnSeen(string what)
    {
        if (!_pace.IsDue())
            return;

        var ended = Volatile.Read(ref _ended);
        pipeline.WriteProgress(Record($"{ended} of {total} ended, {Stopwatch.GetElapsedTime(_started):hh\\:mm\\:ss}", what, ended * 100 / total));
    }

    public void Complete()
    {
        var record = Record("done", "done", 100);
        record.RecordType = ProgressRecordType.Completed;
        pipeline.WriteProgress(record);
    }

    private ProgressRecord Record(string status, string operation, int percent) =>
        new(ActivityId, activity, status) { CurrentOperation = operation, PercentComplete = percent };
}
