namespace PSBatchExports.Files.Disk;

/// <summary>The file system as a download needs it. Failures are those of <see cref="System.IO"/>.</summary>
internal interface IDisk
{
    /// <summary>Whether anything but a folder has this name: a file, a link (even a dangling one), a pipe.</summary>
    bool Exists(string path);

    /// <summary>Whether this is a regular file, which can be read without waiting for a writer.</summary>
    bool IsRegularFile(string path);

    bool FolderExists(string path);

    void CreateFolder(string path);

    /// <summary>
    /// Opens a file and locks its name. An existing file is used only if it is a regular file of this user without another name. Anything
    /// else is moved aside, but neither followed nor read.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="create">Whether to create an empty file, readable by this user only, if there is none.</param>
    /// <param name="onMovedAside">Called with the new path of whatever had the name.</param>
    /// <returns>The open file; null if there is none and none was to be created.</returns>
    /// <exception cref="SequentialOnlyException">Files can be created there, but not written in any order.</exception>
    /// <exception cref="IOException">Another process has it open, or the disk failed.</exception>
    IDiskFile? OpenExclusive(string path, bool create, Action<string> onMovedAside);

    /// <summary>
    /// Creates a file that is written sequentially, and replaces what an earlier command left. It can be read once it is flushed, and can
    /// only be truncated to nothing.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="onMovedAside">As for <see cref="OpenExclusive"/>.</param>
    /// <exception cref="IOException">Another process is writing it, or the disk failed.</exception>
    IDiskFile CreateSequential(string path, Action<string> onMovedAside);

    Stream OpenRead(string path);

    /// <summary>Whether an open file still has this name.</summary>
    bool IsAt(string path, IDiskFile open);

    /// <summary>Deletes an open file and closes it.</summary>
    /// <exception cref="FileReplacedException">Another file has taken the name. It is kept.</exception>
    void Delete(string path, IDiskFile open);

    /// <summary>
    /// Renames an open file atomically within its folder, gives it the permissions of a new file, and closes it.
    /// </summary>
    /// <returns>Whether the new name will survive a power cut.</returns>
    /// <exception cref="FileReplacedException">Another file has taken the name. It keeps it.</exception>
    /// <exception cref="TargetExistsException">The target exists and <paramref name="overwrite"/> is false.</exception>
    bool Rename(string path, IDiskFile open, string target, bool overwrite);

    /// <summary>Renames a file that is not open, and replaces the target.</summary>
    void Move(string path, string target);

    long LengthOf(string path);

    DateTimeOffset ModifiedAt(string path);
}
