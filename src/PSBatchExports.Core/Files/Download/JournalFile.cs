using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>The journal of a partial file on the disk. Lines are only appended.</summary>
internal sealed class JournalFile(IDisk disk, string path, string fileId, Action<string> onMovedAside) : IDisposable
{
    private IDiskFile? _file;
    private long _length;
    private HashSet<ByteRange> _recorded = [];

    public bool IsOpen => _file is not null;

    /// <summary>Whether the journal is open and still has its name.</summary>
    public bool IsInPlace => _file is not null && disk.IsAt(path, _file);

    /// <summary>The number of bytes that the journal says are on the disk.</summary>
    public long RecordedBytes => _recorded.Sum(range => range.Length);

    public void Create(PartialHeader header)
    {
        _file = disk.OpenExclusive(path, create: true, onMovedAside);
        Append(PartialJournal.Begin(header));
    }

    /// <summary>Opens the journal of an interrupted download.</summary>
    /// <param name="dataLength">The length of the partial file.</param>
    /// <returns>What it says; null if there is none, it is damaged, or it does not belong to a file of this length.</returns>
    public (PartialHeader Header, RangeSet Finished)? Resume(long dataLength)
    {
        _file = disk.OpenExclusive(path, create: false, onMovedAside);
        if (_file is null)
            return null;

        using var content = new MemoryStream();
        using (var reader = _file.OpenRead())
            reader.CopyTo(content);

        var journal = content.ToArray();
        if (PartialJournal.Read(journal, fileId) is not { } state || state.Finished.Bytes == 0 || state.Header.Length != dataLength)
            return null;

        _recorded = [.. state.Finished.Ranges];
        _length = journal.Length;
        if (journal[^1] != (byte)'\n')
            Append("\n"u8);

        return state;
    }

    /// <summary>Appends the ranges that are not recorded yet.</summary>
    public void Record(ByteRange[] flushed)
    {
        Append(PartialJournal.Lines(flushed.Where(range => !_recorded.Contains(range))));
        _recorded = [.. flushed];
    }

    /// <summary>Deletes the journal, whether it is open or not.</summary>
    public void Delete()
    {
        _file ??= disk.OpenExclusive(path, create: false, onMovedAside);
        if (_file is not null)
            disk.Delete(path, _file);

        (_file, _length, _recorded) = (null, 0, []);
    }

    public void Dispose() => _file?.Dispose();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _file!.Write(_length, bytes);
        _length += bytes.Length;
    }
}
