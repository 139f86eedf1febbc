using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Shows how much of the files was read. Thread-safe.</summary>
/// <param name="pipeline">The pipeline to show it in.</param>
internal sealed class ProofProgressBar(AsyncPipeline pipeline)
{
    private const string Activity = "Testing files";

    private readonly ProgressThrottle _throttle = new(TimeProvider.System, TimeSpan.FromMilliseconds(500));

    public void OnProgress(ProofProgress progress)
    {
        if (!_throttle.IsDue())
            return;

        var status = $"{ByteSize.Format(progress.Bytes)} of {ByteSize.Format(progress.Length)}";
        pipeline.WriteProgress(new ProgressRecord(ProgressActivities.Proof, Activity, status)
        {
            PercentComplete = progress.Length > 0 ? (int)Math.Clamp(progress.Bytes * 100 / progress.Length, 0, 100) : -1,
        });
    }

    public void Complete()
    {
        var record = new ProgressRecord(ProgressActivities.Proof, Activity, "done") { RecordType = ProgressRecordType.Completed };
        pipeline.WriteProgress(record);
    }
}
