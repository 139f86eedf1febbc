namespace PSBatchExports;

/// <summary>What a download needs of the file system. Failures are those of <see cref="System.IO"/>.</summary>
internal interface IDisk
{
    bool FileExists(string path);

    bool FolderExists(string path);

    void CreateFolder(string path);

    /// <summary>Opens a file that nobody else may have open.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether an empty file takes the place of what is there; otherwise it has to be there.</param>
    /// <param name="length">With <paramref name="create"/>: bytes to reserve; the file has this length at once.</param>
    IDiskFile Open(string path, bool create, long length = 0);

    Stream OpenRead(string path);

    /// <summary>Deletes a file, if it is there. An open one is closed, and nobody else can open it in between.</summary>
    void Delete(string path, IDiskFile? open);

    /// <summary>Gives an open file another name in the same folder, at once or not at all, and closes it; nobody else can open it in between.</summary>
    void Rename(string path, IDiskFile open, string target, bool overwrite);

    long LengthOf(string path);

    DateTimeOffset ModifiedAt(string path);

    void SetModifiedAt(string path, DateTimeOffset time);
}

/// <summary>An open file. Writes may come from several threads.</summary>
internal interface IDiskFile : IDisposable
{
    long Length { get; }

    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Returns when all that was written outlives a power cut.</summary>
    void Flush();

    /// <summary>Reads from the beginning; the file stays open when the reader is closed.</summary>
    Stream OpenRead();
}
