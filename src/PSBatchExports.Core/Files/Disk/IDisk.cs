namespace PSBatchExports.Files.Disk;

/// <summary>What a download needs of the file system. Failures are those of <see cref="System.IO"/>.</summary>
internal interface IDisk
{
    /// <summary>Whether something other than a folder has this name: a file, a link (also one that leads nowhere), a pipe.</summary>
    bool Exists(string path);

    /// <summary>Whether this is a regular file, whose content can be read without waiting for somebody.</summary>
    bool IsRegularFile(string path);

    bool FolderExists(string path);

    void CreateFolder(string path);

    /// <summary>
    /// Opens a file under a name that nobody else may use while it is open. An existing entry of this name is used only if it is a regular
    /// file of this user with no other name; anything else is renamed out of the way, never followed and never read.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether an empty file, which only this user may read, is created where there is none.</param>
    /// <param name="onMovedAside">Is told the new name of whatever was found in the file's place.</param>
    /// <returns>The open file; null where there is none and none was to be created.</returns>
    /// <exception cref="SequentialOnlyException">Files can be made there, but not written in any order.</exception>
    /// <exception cref="IOException">Somebody else has it open, or the disk refused.</exception>
    IDiskFile? OpenExclusive(string path, bool create, Action<string> onMovedAside);

    /// <summary>
    /// Makes a file, in place of what an earlier command left, where files can be written from front to back only. It can be read once it is flushed;
    /// what is behind a length cannot be cut off, except all of it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="onMovedAside">As for <see cref="OpenExclusive"/>.</param>
    /// <exception cref="IOException">Somebody else is writing it, or the disk refused.</exception>
    IDiskFile CreateSequential(string path, Action<string> onMovedAside);

    Stream OpenRead(string path);

    /// <summary>Whether an open file still has this name.</summary>
    bool IsAt(string path, IDiskFile open);

    /// <summary>Deletes an open file and closes it.</summary>
    /// <exception cref="FileReplacedException">The name has become that of another file, which stays.</exception>
    void Delete(string path, IDiskFile open);

    /// <summary>
    /// Gives an open file another name in the same folder, at once or not at all, with the permissions of a new file there, and closes it.
    /// </summary>
    /// <returns>Whether the new name is sure to outlive a power cut.</returns>
    /// <exception cref="FileReplacedException">The name has become that of another file, which keeps it.</exception>
    /// <exception cref="TargetExistsException">Without <paramref name="overwrite"/>: the target exists.</exception>
    bool Rename(string path, IDiskFile open, string target, bool overwrite);

    /// <summary>Renames a file that is not open, in place of whatever has the other name.</summary>
    void Move(string path, string target);

    long LengthOf(string path);

    DateTimeOffset ModifiedAt(string path);
}

/// <summary>An open file. Reads and writes may come from several threads.</summary>
internal interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Cuts off what is behind a length, or reserves space up to it.</summary>
    /// <exception cref="SequentialOnlyException">The file system cannot.</exception>
    void SetLength(long length);

    /// <exception cref="SequentialOnlyException">The file system does not take bytes there.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <returns>How many bytes were read; 0 at the end of the file.</returns>
    int Read(long offset, Span<byte> bytes);

    void SetModifiedAt(DateTimeOffset time);

    /// <summary>Returns when all that was written outlives a power cut.</summary>
    /// <exception cref="IOException">The disk could not keep it.</exception>
    void Flush();

    /// <summary>Reads from the beginning; the file stays open when the reader is closed.</summary>
    Stream OpenRead();
}

/// <summary>A file was deleted or replaced by somebody else while it was being written.</summary>
internal sealed class FileReplacedException(string path) : IOException($"'{path}' was deleted or replaced by another program while it was being written.");

/// <summary>A file has taken the target's name in the meantime.</summary>
internal sealed class TargetExistsException(string path) : IOException($"'{path}' exists already.");
