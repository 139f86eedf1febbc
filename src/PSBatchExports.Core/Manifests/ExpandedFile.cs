using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Integrity;

namespace PSBatchExports.Manifests;

/// <summary>Unpacks JSON lines beside the compressed file, for readers that do not know the compression or lose rows of it.</summary>
internal static class ExpandedFile
{
    /// <summary>The full path of the unpacked file.</summary>
    public static string PathOf(string path) => path[..^Path.GetExtension(path).Length];

    /// <summary>Unpacks a file. An unpacked file that is already there stays if it is the same.</summary>
    /// <param name="path">The full path of the compressed file.</param>
    /// <param name="compression">"gzip" or "brotli".</param>
    /// <param name="overwrite">Whether a different file may be replaced.</param>
    /// <param name="cancellationToken">Stops unpacking.</param>
    /// <returns>The full path of the unpacked file.</returns>
    /// <exception cref="FileSaveException">
    /// The compressed file is damaged, a different file has the name, or the file cannot be written.
    /// </exception>
    public static string Create(string path, string compression, bool overwrite, CancellationToken cancellationToken)
    {
        var target = PathOf(path);
        if (LocalDisk.Instance.IsRegularFile(target) && IsSame(path, compression, target, cancellationToken))
            return target;

        TextFile.Save(target, overwrite, isSecret: false, output => Read(path, compression, output.Write, cancellationToken));
        return target;
    }

    private static bool IsSame(string path, string compression, string target, CancellationToken cancellationToken)
    {
        using var present = LocalDisk.Instance.OpenRead(target);
        using var reader = new BufferedStream(present, 128 * 1024);
        var buffer = new byte[256 * 1024];
        var isSame = true;
        Read(path, compression, IsNext, cancellationToken);
        return isSame && reader.ReadByte() < 0;

        void IsNext(ReadOnlySpan<byte> bytes)
        {
            while (isSame && !bytes.IsEmpty)
            {
                var part = bytes[..Math.Min(bytes.Length, buffer.Length)];
                var read = reader.ReadAtLeast(buffer.AsSpan(0, part.Length), part.Length, throwOnEndOfStream: false);
                isSame = part.SequenceEqual(buffer.AsSpan(0, read));
                bytes = bytes[part.Length..];
            }
        }
    }

    private static void Read(string path, string compression, BytesHandler onBytes, CancellationToken cancellationToken)
    {
        using var content = LocalDisk.Instance.OpenRead(path);
        if (CompressedContent.Read(content, compression, onBytes, cancellationToken))
            return;

        var message = $"'{path}' cannot be unpacked: {CompressedContent.DescribeDamage(compression)}.";
        throw new FileSaveException(message, path, FileSaveFailure.Damaged);
    }
}
