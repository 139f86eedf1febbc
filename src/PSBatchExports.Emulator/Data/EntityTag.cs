using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace PSBatchExports.Emulator.Data;

/// <summary>
/// Entity tags of objects. The service uploads every file in parts, even a small one: the tag is the MD5 of the parts' MD5s, and
/// their number. The tag of an object that is not uploaded in parts is its MD5.
/// </summary>
[SuppressMessage("Security", "CA5351", Justification = "S3 makes its entity tags with MD5; nothing is protected by them.")]
internal static class EntityTag
{
    private const int PartBytes = 52_428_800;
    private const int BufferBytes = 128 * 1024;

    public static async Task<string> ComputeAsync(string path, bool inParts, CancellationToken cancellationToken)
    {
        const FileOptions options = FileOptions.Asynchronous | FileOptions.SequentialScan;
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, options);
        if (!inParts)
            return Hex(await MD5.HashDataAsync(stream, cancellationToken));

        var digests = new List<byte>();
        var parts = 0;
        do
        {
            digests.AddRange(await HashPartAsync(stream, cancellationToken));
            parts++;
        }
        while (stream.Position < stream.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{Hex(MD5.HashData(digests.ToArray()))}-{parts}");
    }

    private static async Task<byte[]> HashPartAsync(FileStream stream, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            for (var left = PartBytes; left > 0; left -= read)
            {
                read = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left)), cancellationToken);
                if (read == 0)
                    break;

                hash.AppendData(buffer, 0, read);
            }

            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Hex(byte[] digest) => Convert.ToHexString(digest).ToLowerInvariant();
}
