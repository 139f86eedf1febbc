using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation;

namespace PSBatchExports.Abstractions;

/// <summary>Shows how far a download is, at most five times a second.</summary>
internal sealed class SaveProgress(AsyncPipeline pipeline, int files)
{
    private const int ActivityId = 0x42455853;
    private static readonly long Pause = Stopwatch.Frequency / 5;

    private readonly ConcurrentDictionary<string, DownloadProgress> _files = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _next;

    public void OnProgress(DownloadProgress progress)
    {
        _files[progress.FileId] = progress;
        var now = Stopwatch.GetTimestamp();
        var next = Volatile.Read(ref _next);
        if (now < next || Interlocked.CompareExchange(ref _next, now + Pause, next) != next)
            return;

        var bytes = _files.Values.Sum(file => file.Bytes);
        var rate = bytes / Math.Max(0.001, Stopwatch.GetElapsedTime(_started, now).TotalSeconds);
        var percent = _files.Count == files && _files.Values.All(file => file.Length > 0) ? (int)(bytes * 100 / _files.Values.Sum(file => file.Length!.Value)) : -1;
        pipeline.WriteProgress(new ProgressRecord(ActivityId, $"Saving {files} batch export file(s)", FormattableString.Invariant($"{bytes / 1048576.0:0.0} MiB at {rate / 1048576.0:0.0} MiB/s"))
        {
            CurrentOperation = progress.Name,
            PercentComplete = percent,
        });
    }

    public void Complete() => pipeline.WriteProgress(new ProgressRecord(ActivityId, "Saving", "done") { RecordType = ProgressRecordType.Completed });
}
