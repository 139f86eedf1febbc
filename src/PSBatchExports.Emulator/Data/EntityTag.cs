using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace PSBatchExports.Emulator.Data;

/// <summary>ETags as S3 makes them: the MD5 of a small object; of a large one the MD5 of its parts' MD5s and their number.</summary>
[SuppressMessage("Security", "CA5351", Justification = "S3 makes its entity tags with MD5; nothing is protected by them.")]
internal static class EntityTag
{
    private const int PartBytes = 8 * 1024 * 1024;

    public static async Task<string> OfAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            var parts = new List<byte>();
            var count = 0;
            int read;
            while ((read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, PartBytes), PartBytes, throwOnEndOfStream: false, cancellationToken)) > 0)
            {
                parts.AddRange(MD5.HashData(buffer.AsSpan(0, read)));
                count++;
            }

            return count <= 1 ? Hex(count == 0 ? MD5.HashData([]) : parts.ToArray()) : Multipart(parts.ToArray(), count);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Multipart(byte[] digests, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{Hex(MD5.HashData(digests))}-{count}");

    private static string Hex(byte[] digest) => Convert.ToHexString(digest).ToLowerInvariant();
}
