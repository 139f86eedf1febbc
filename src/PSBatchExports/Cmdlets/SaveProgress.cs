using System.Diagnostics;
using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Shows the progress of all files together and of each in-flight file.</summary>
/// <param name="pipeline">The pipeline to show it in.</param>
/// <param name="files">The number of files.</param>
internal sealed class SaveProgress(AsyncPipeline pipeline, int files)
{
    private const int MaxNameLength = 32;

    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    private readonly ProgressThrottle _throttle = new(TimeProvider.System);
    private readonly object _gate = new();
    private readonly Dictionary<string, File> _files = [];
    private readonly Queue<(long At, long Bytes)> _samples = new();

    private string Activity => files == 1 ? "Saving file" : $"Saving {files} files";

    public void OnProgress(DownloadProgress progress)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(progress.FileId, out var file))
                _files[progress.FileId] = file = new File(ProgressActivities.Save + 1 + _files.Count, progress.Bytes);

            file.Latest = progress;
            if (_throttle.IsDue())
                Show(Stopwatch.GetTimestamp());
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            foreach (var file in _files.Values)
                CompleteFile(file);
        }

        pipeline.WriteProgress(new ProgressRecord(ProgressActivities.Save, Activity, "done") { RecordType = ProgressRecordType.Completed });
    }

    private void Show(long now)
    {
        var rate = Rate(now, _files.Values.Sum(file => file.Latest.Bytes - file.InitialBytes));
        var bytes = _files.Values.Sum(file => file.Latest.Bytes);
        var areLengthsKnown = _files.Count == files && _files.Values.All(file => file.Latest.Length is not null);
        var length = areLengthsKnown ? _files.Values.Sum(file => file.Latest.Length!.Value) : 0;
        var ofLength = areLengthsKnown ? $" of {ByteSize.Format(length)}" : "";
        var status = $"{ByteSize.Format(bytes)}{ofLength}, {ByteSize.Format(rate)}/s";
        pipeline.WriteProgress(new ProgressRecord(ProgressActivities.Save, Activity, status)
        {
            PercentComplete = areLengthsKnown ? Percent(bytes, length) : AveragePercent(),
            SecondsRemaining = areLengthsKnown && rate > 0 ? (int)Math.Min(int.MaxValue, (length - bytes) / rate) : -1,
        });

        if (files == 1)
            return;

        foreach (var file in _files.Values)
            ShowFile(file);
    }

    private void ShowFile(File file)
    {
        var (bytes, length) = (file.Latest.Bytes, file.Latest.Length);
        if (bytes >= length)
        {
            CompleteFile(file);
            return;
        }

        file.IsShown = true;
        var status = length is null ? ByteSize.Format(bytes) : $"{ByteSize.Format(bytes)} of {ByteSize.Format(length.Value)}";
        pipeline.WriteProgress(new ProgressRecord(file.ActivityId, EndOf(file.Latest.Name), status)
        {
            ParentActivityId = ProgressActivities.Save,
            PercentComplete = length is null ? -1 : Percent(bytes, length),
        });
    }

    private void CompleteFile(File file)
    {
        if (!file.IsShown)
            return;

        file.IsShown = false;
        pipeline.WriteProgress(new ProgressRecord(file.ActivityId, EndOf(file.Latest.Name), "done")
        {
            ParentActivityId = ProgressActivities.Save,
            RecordType = ProgressRecordType.Completed,
        });
    }

    // The names of a run's files differ at the end, where narrow terminals truncate them.
    private static string EndOf(string name) =>
        name.Length <= MaxNameLength ? name : string.Concat("…", name.AsSpan(name.Length - MaxNameLength + 1));

    private double Rate(long now, long bytes)
    {
        _samples.Enqueue((now, bytes));
        while (_samples.Count > 2 && Stopwatch.GetElapsedTime(_samples.Peek().At, now) > RateWindow)
            _samples.Dequeue();

        var (then, before) = _samples.Peek();
        return (bytes - before) / Math.Max(0.2, Stopwatch.GetElapsedTime(then, now).TotalSeconds);
    }

    private int AveragePercent()
    {
        double sum = _files.Values.Sum(file => Percent(file.Latest.Bytes, file.Latest.Length));
        return (int)(sum / files);
    }

    private static int Percent(long bytes, long? length) => length is > 0 ? (int)Math.Clamp(bytes * 100 / length.Value, 0, 100) : 0;

    private sealed class File(int activityId, long initialBytes)
    {
        public int ActivityId { get; } = activityId;

        public long InitialBytes { get; } = initialBytes;

        public DownloadProgress Latest { get; set; }

        public bool IsShown { get; set; }
    }
}
