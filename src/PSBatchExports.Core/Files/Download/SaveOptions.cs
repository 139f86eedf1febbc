using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Download;

namespace PSBatchExports;

/// <summary>How files are saved.</summary>
public sealed record SaveOptions
{
    /// <summary>The folder, a full path; made if missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether each run's files go to a folder of their own, named by the run's id, in <see cref="Folder"/>.</summary>
    public bool GroupByRun { get; init; }

    /// <summary>Whether a file of the same name is replaced. Without it, the very same file counts as saved and any other is an error.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether a download that was interrupted goes on where it ended, instead of from the beginning.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>
    /// Whether what was written is read back and checked, by the storage's entity tag and by what the format lets tell, and the rows of all files of
    /// a run are compared with the number that the service says it exported. The outcomes of such a run are handed out together.
    /// </summary>
    public bool Verify { get; init; }

    /// <summary>How many connections to the storage there may be at once, over all files.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>How long a connection may bring nothing before it is given up and the rest of its range asked for again.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Is told how far each file is; called from several threads, often.</summary>
    public Action<DownloadProgress>? OnProgress { get; init; }

    /// <summary>Is told before it is waited to see whether a run lists more files.</summary>
    public Action<RunFileList>? OnListWait { get; init; }

    internal TransferSizes Sizes { get; init; } = TransferSizes.Default;

    /// <summary>The same for several calls that count as one: no two files of theirs take the same name.</summary>
    public SaveOptions ForSeveralCalls() => this with { Names = new SaveNames() };

    /// <summary>The names that are taken already; null where each call has its own.</summary>
    internal SaveNames? Names { get; init; }

    internal IDisk Disk { get; init; } = LocalDisk.Instance;
}
