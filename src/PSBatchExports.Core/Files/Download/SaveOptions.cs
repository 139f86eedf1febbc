using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Download;

namespace PSBatchExports;

/// <summary>How files are saved, and where.</summary>
public sealed record SaveOptions
{
    /// <summary>The full path of the folder; created if missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether each run's files go to a subfolder of <see cref="Folder"/>, named after the run's id.</summary>
    public bool GroupByRun { get; init; }

    /// <summary>Whether a file of the same name is replaced. If not, an identical file counts as saved and any other is an error.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether an interrupted download resumes where it ended instead of starting over.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>
    /// Whether each file is read back and checked against the storage's entity tag and its own format, and the rows of all files of a run
    /// are compared with the number that the service says it exported. The outcomes of such a run are reported together.
    /// </summary>
    public bool Verify { get; init; }

    /// <summary>The maximum number of connections to the storage, over all files. At least 1.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>How long a connection may stay silent before the rest of its range is requested again.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Called often, from several threads, with the progress of each file; null for no one.</summary>
    public Action<DownloadProgress>? OnProgress { get; init; }

    /// <summary>Called before each wait for a run to list more files; null for no one.</summary>
    public Action<RunFileList>? OnListWait { get; init; }

    internal TransferSizes Sizes { get; init; } = TransferSizes.Default;

    /// <summary>The same options for several calls that share their names: no two files of these calls get the same path.</summary>
    public SaveOptions ForSeveralCalls() => this with { Names = new SaveNames() };

    /// <summary>The paths in use; null if each call keeps its own.</summary>
    internal SaveNames? Names { get; init; }

    /// <summary>The connections that several calls share; null if each call has its own.</summary>
    internal SemaphoreSlim? Slots { get; init; }

    internal IDisk Disk { get; init; } = LocalDisk.Instance;
}
