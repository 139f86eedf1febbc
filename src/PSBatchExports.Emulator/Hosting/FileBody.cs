namespace PSBatchExports.Emulator.Hosting;

/// <summary>A part of a file on disk, read as it is sent.</summary>
internal sealed class FileBody(string path, long offset, long length) : IAnswerBody
{
    public long Length => length;

    public Stream Open()
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous);
        stream.Position = offset;
        return stream;
    }
}
