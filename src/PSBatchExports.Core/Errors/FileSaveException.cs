namespace PSBatchExports;

/// <summary>A file could not be saved. No incomplete file is left under its final name.</summary>
public sealed class FileSaveException : IOException
{
    internal FileSaveException(string message, string path, FileSaveFailure reason, Exception? innerException = null)
        : base(message, innerException)
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>The file or folder concerned.</summary>
    public string Path { get; }

    /// <summary>The reason.</summary>
    public FileSaveFailure Reason { get; }
}

/// <summary>Why a file could not be saved.</summary>
public enum FileSaveFailure
{
    /// <summary>Another reason; see the message.</summary>
    Other,

    /// <summary>A file of that name exists and is not to be overwritten.</summary>
    Exists,

    /// <summary>Another file of the same call has that name.</summary>
    Collision,

    /// <summary>No permission, or a read-only file system.</summary>
    NotWritable,

    /// <summary>No space left.</summary>
    DiskFull,

    /// <summary>Another command, in this process or another, is saving the same file there.</summary>
    InUse,

    /// <summary>The received content differed from the storage's, twice.</summary>
    Damaged,

    /// <summary>The files of a run do not hold as many rows as the service says it exported.</summary>
    RowsDiffer,

    /// <summary>The file system cannot write or rename files in a way that lets them be saved completely or not at all.</summary>
    MountLimit,

    /// <summary>A part of the folder's path is not a folder, or cannot be one.</summary>
    NotAFolder,
}
