namespace PSBatchExports.Emulator.Hosting;

internal sealed class BytesBody(byte[] bytes) : IResponseBody
{
    public long Length => bytes.Length;

    public Stream Open() => new MemoryStream(bytes, writable: false);
}
