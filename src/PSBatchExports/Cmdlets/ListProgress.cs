using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Shows how far a long list is, or that a log is still followed. Whatever is over within a second shows nothing.</summary>
internal sealed class ListProgress
{
    private const int ActivityId = 0x4245584C;

    private readonly AsyncPipeline _pipeline;
    private readonly string _activity;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly ProgressPace _pace = new(TimeSpan.FromSeconds(1));
    private long _items;
    private long _answers;
    private int _isShown;

    /// <param name="pipeline">Where it is shown.</param>
    /// <param name="activity">What is done, such as "Getting batch exports".</param>
    public ListProgress(AsyncPipeline pipeline, string activity)
    {
        _pipeline = pipeline;
        _activity = activity;
        pipeline.OnAnswer = OnAnswer;
    }

    public void OnItem()
    {
        Interlocked.Increment(ref _items);
        ShowIfDue();
    }

    public void Complete()
    {
        _pipeline.OnAnswer = null;
        if (Interlocked.Exchange(ref _isShown, 0) != 0)
            _pipeline.WriteProgress(new ProgressRecord(ActivityId, _activity, "done") { RecordType = ProgressRecordType.Completed });
    }

    // A filter may keep everything back for many pages.
    private void OnAnswer()
    {
        Interlocked.Increment(ref _answers);
        ShowIfDue();
    }

    private void ShowIfDue()
    {
        if (!_pace.IsDue())
            return;

        Volatile.Write(ref _isShown, 1);
        var (items, answers) = (Interlocked.Read(ref _items), Interlocked.Read(ref _answers));
        _pipeline.WriteProgress(new ProgressRecord(ActivityId, _activity, string.Create(
            CultureInfo.InvariantCulture, $"{items:N0} so far, {answers:N0} request{(answers == 1 ? "" : "s")}, {Stopwatch.GetElapsedTime(_started):hh\\:mm\\:ss}")));
    }
}
