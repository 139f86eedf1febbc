#pragma warning disable CA1032 // Made by the client only.
namespace PSBatchExports;

/// <summary>A file could not be written. Nothing half-written stays under its final name.</summary>
public sealed class FileSaveException : IOException
{
    internal FileSaveException(string message, string path, FileSaveFailure reason, Exception? innerException = null) : base(message, innerException)
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>The file or folder concerned.</summary>
    public string Path { get; }

    /// <summary>Why.</summary>
    public FileSaveFailure Reason { get; }
}

/// <summary>Why a file could not be written.</summary>
public enum FileSaveFailure
{
    /// <summary>Another reason; the message has it.</summary>
    Other,

    /// <summary>A file of that name is there and overwriting was not asked for.</summary>
    Exists,

    /// <summary>Another file of the same call has that name.</summary>
    Collision,

    /// <summary>No permission, or a read-only file system.</summary>
    NotWritable,

    /// <summary>No space left.</summary>
    DiskFull,

    /// <summary>Another command, in this process or another, is saving the same file there.</summary>
    InUse,

    /// <summary>What arrived is not what the storage has, twice.</summary>
    Damaged,

    /// <summary>The files of a run do not hold as many rows as the service says it exported.</summary>
    RowsDiffer,

    /// <summary>The file system cannot write or rename files as it takes to save one whole or not at all.</summary>
    MountLimit,

    /// <summary>The folder's path leads through something that is not a folder, or cannot be one.</summary>
    NotAFolder,
}
