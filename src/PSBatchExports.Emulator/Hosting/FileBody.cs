namespace PSBatchExports.Emulator.Hosting;

/// <summary>A part of a file on disk, streamed.</summary>
internal sealed class FileBody(string path, long offset, long length) : IResponseBody
{
    public long Length => length;

    public Stream Open()
    {
        const FileShare share = FileShare.ReadWrite | FileShare.Delete;
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, share, bufferSize: 1, FileOptions.Asynchronous);
        stream.Position = offset;
        return stream;
    }
}
