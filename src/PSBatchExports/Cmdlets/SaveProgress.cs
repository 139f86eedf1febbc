using System.Diagnostics;
using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Shows how far the files of one call are: all together, and each that is under way; at most five times a second.</summary>
/// <param name="pipeline">Where it is shown.</param>
/// <param name="files">How many files there are.</param>
internal sealed class SaveProgress(AsyncPipeline pipeline, int files)
{
    private const int ActivityId = 0x42455853;
    private const int MostNameCharacters = 32;
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    private readonly ProgressPace _pace = new();
    private readonly object _gate = new();
    private readonly Dictionary<string, File> _files = [];
    private readonly Queue<(long At, long Bytes)> _past = new();

    private string Activity => files == 1 ? "Saving file" : $"Saving {files} files";

    public void OnProgress(DownloadProgress progress)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(progress.FileId, out var file))
                _files[progress.FileId] = file = new File(ActivityId + 1 + _files.Count, progress.Bytes);

            file.Latest = progress;
            if (_pace.IsDue())
                Show(Stopwatch.GetTimestamp());
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            foreach (var file in _files.Values)
                ShowEnd(file);
        }

        pipeline.WriteProgress(new ProgressRecord(ActivityId, Activity, "done") { RecordType = ProgressRecordType.Completed });
    }

    private void Show(long now)
    {
        var rate = Rate(now, _files.Values.Sum(file => file.Latest.Bytes - file.BytesBefore));
        var bytes = _files.Values.Sum(file => file.Latest.Bytes);
        var areLengthsKnown = _files.Count == files && _files.Values.All(file => file.Latest.Length is not null);
        var length = areLengthsKnown ? _files.Values.Sum(file => file.Latest.Length!.Value) : 0;
        pipeline.WriteProgress(new ProgressRecord(ActivityId, Activity, $"{ByteSize.Format(bytes)}{(areLengthsKnown ? $" of {ByteSize.Format(length)}" : "")}, {ByteSize.Format(rate)}/s")
        {
            PercentComplete = areLengthsKnown ? Percent(bytes, length) : (int)(_files.Values.Sum(file => Percent(file.Latest.Bytes, file.Latest.Length)) / (double)files),
            SecondsRemaining = areLengthsKnown && rate > 0 ? (int)Math.Min(int.MaxValue, (length - bytes) / rate) : -1,
        });

        if (files == 1)
            return;

        foreach (var file in _files.Values)
            ShowOne(file);
    }

    private void ShowOne(File file)
    {
        var (bytes, length) = (file.Latest.Bytes, file.Latest.Length);
        if (bytes >= length)
        {
            ShowEnd(file);
            return;
        }

        file.IsShown = true;
        pipeline.WriteProgress(new ProgressRecord(file.ActivityId, EndOf(file.Latest.Name), length is null ? ByteSize.Format(bytes) : $"{ByteSize.Format(bytes)} of {ByteSize.Format(length.Value)}")
        {
            ParentActivityId = ActivityId,
            PercentComplete = length is null ? -1 : Percent(bytes, length),
        });
    }

    private void ShowEnd(File file)
    {
        if (!file.IsShown)
            return;

        file.IsShown = false;
        pipeline.WriteProgress(new ProgressRecord(file.ActivityId, EndOf(file.Latest.Name), "done") { ParentActivityId = ActivityId, RecordType = ProgressRecordType.Completed });
    }

    // Names of one run differ at their end, and narrow terminals cut there.
    private static string EndOf(string name) => name.Length <= MostNameCharacters ? name : string.Concat("…", name.AsSpan(name.Length - MostNameCharacters + 1));

    private double Rate(long now, long bytes)
    {
        _past.Enqueue((now, bytes));
        while (_past.Count > 2 && Stopwatch.GetElapsedTime(_past.Peek().At, now) > RateWindow)
            _past.Dequeue();

        var (then, before) = _past.Peek();
        return (bytes - before) / Math.Max(0.2, Stopwatch.GetElapsedTime(then, now).TotalSeconds);
    }

    private static int Percent(long bytes, long? length) => length is > 0 ? (int)Math.Clamp(bytes * 100 / length.Value, 0, 100) : 0;

    private sealed class File(int activityId, long bytesBefore)
    {
        public int ActivityId { get; } = activityId;

        public long BytesBefore { get; } = bytesBefore;

        public DownloadProgress Latest { get; set; }

        public bool IsShown { get; set; }
    }
}
