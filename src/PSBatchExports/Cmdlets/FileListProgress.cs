using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Shows that a command waits until the file list of a run is complete. Thread-safe.</summary>
internal sealed class FileListProgress(AsyncPipeline pipeline)
{
    private const string Activity = "Listing the files of runs";

    private int _isShown;

    public void OnWait(RunFileList list)
    {
        Volatile.Write(ref _isShown, 1);
        var count = list.Files.Count == 1 ? "1 file" : FormattableString.Invariant($"{list.Files.Count} files");
        var status = $"Run {list.RunId} lists {count}; checking whether the list is complete";
        pipeline.WriteProgress(new ProgressRecord(ProgressActivities.FileList, Activity, status));
    }

    public void Complete()
    {
        if (Interlocked.Exchange(ref _isShown, 0) == 0)
            return;

        var record = new ProgressRecord(ProgressActivities.FileList, Activity, "done") { RecordType = ProgressRecordType.Completed };
        pipeline.WriteProgress(record);
    }
}
