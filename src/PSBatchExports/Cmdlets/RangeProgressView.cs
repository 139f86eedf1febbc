using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Shows how many windows of a range are saved, within 80 columns. Thread-safe.</summary>
/// <param name="pipeline">The pipeline to show it in.</param>
/// <param name="model">The model that is saved.</param>
internal sealed class RangeProgressView(AsyncPipeline pipeline, string model)
{
    private readonly ProgressThrottle _throttle = new(TimeProvider.System);

    public void OnProgress(RangeProgress progress)
    {
        if (!_throttle.IsDue())
            return;

        var status = FormattableString.Invariant(
            $"{progress.Saved} of {progress.Windows} windows, {progress.InProgress} runs, {progress.Records} rows, ")
            + ByteSize.Format(progress.Bytes);
        pipeline.WriteProgress(Record(status, progress.Windows == 0 ? 0 : progress.Saved * 100 / progress.Windows));
    }

    public void Complete()
    {
        var record = Record("done", 100);
        record.RecordType = ProgressRecordType.Completed;
        pipeline.WriteProgress(record);
    }

    private ProgressRecord Record(string status, int percent) =>
        new(ProgressActivities.Range, $"Saving {model}", status) { PercentComplete = percent };
}
