using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Shows that a command waits to see whether a run lists more files. Used from several threads.</summary>
internal sealed class ListWait(AsyncPipeline pipeline)
{
    private const int ActivityId = 0x42455846;
    private const string Activity = "Listing the files of runs";
    private int _isShown;

    public void OnWait(RunFileList list)
    {
        Volatile.Write(ref _isShown, 1);
        var count = list.Files.Count == 1 ? "1 file" : FormattableString.Invariant($"{list.Files.Count} files");
        pipeline.WriteProgress(new ProgressRecord(ActivityId, Activity, $"Run {list.RunId} lists {count}; it is asked once more whether these are all"));
    }

    public void Complete()
    {
        if (Interlocked.Exchange(ref _isShown, 0) != 0)
            pipeline.WriteProgress(new ProgressRecord(ActivityId, Activity, "done") { RecordType = ProgressRecordType.Completed });
    }
}
