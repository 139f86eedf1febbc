using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Shows the progress of a long list or a followed log. Shows nothing within the first second.</summary>
internal sealed class ListProgress
{
    private readonly AsyncPipeline _pipeline;
    private readonly string _activity;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly ProgressThrottle _throttle = new(TimeProvider.System, TimeSpan.FromSeconds(1));
    private long _items;
    private long _responses;
    private int _isShown;

    /// <param name="pipeline">The pipeline to show it in.</param>
    /// <param name="activity">The activity, such as "Getting batch exports".</param>
    public ListProgress(AsyncPipeline pipeline, string activity)
    {
        _pipeline = pipeline;
        _activity = activity;
        pipeline.OnResponse = OnResponse;
    }

    public void OnItem()
    {
        Interlocked.Increment(ref _items);
        ShowIfDue();
    }

    public void Complete()
    {
        _pipeline.OnResponse = null;
        if (Interlocked.Exchange(ref _isShown, 0) == 0)
            return;

        var record = new ProgressRecord(ProgressActivities.List, _activity, "done") { RecordType = ProgressRecordType.Completed };
        _pipeline.WriteProgress(record);
    }

    // A filter may drop the items of many pages.
    private void OnResponse()
    {
        Interlocked.Increment(ref _responses);
        ShowIfDue();
    }

    private void ShowIfDue()
    {
        if (!_throttle.IsDue())
            return;

        Volatile.Write(ref _isShown, 1);
        var (items, responses) = (Interlocked.Read(ref _items), Interlocked.Read(ref _responses));
        var requests = responses == 1 ? "request" : "requests";
        var elapsed = Stopwatch.GetElapsedTime(_started);
        var status = string.Create(CultureInfo.InvariantCulture, $"{items:N0} so far, {responses:N0} {requests}, {elapsed:hh\\:mm\\:ss}");
        _pipeline.WriteProgress(new ProgressRecord(ProgressActivities.List, _activity, status));
    }
}
