using System.Runtime.InteropServices;

namespace PSBatchExports.Files.Storage;

/// <summary>A range of bytes, from <paramref name="Start"/> up to but not including <paramref name="End"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ByteRange(long Start, long End)
{
    public long Length => End - Start;
}
