using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace PSBatchExports;

/// <summary>Finds out whether the bytes of a file are what they should be (docs/wire.md, section 14).</summary>
internal static class FileIntegrity
{
    private const int ParquetMarkBytes = 4;

    /// <summary>What is wrong with a file that was read from the storage; null for nothing.</summary>
    public static string? FindDamage(Func<Stream> open, StorageObject expected, CancellationToken cancellationToken)
    {
        if (expected.Md5 is { } md5)
        {
            using var content = open();
            if (!HasMd5(content, md5, cancellationToken))
                return "its MD5 is not the one that the storage has";
        }

        using var data = open();
        return FileFormats.OfName(expected.Name) switch
        {
            { Format: "Parquet" } when !IsParquet(data) => "it lacks the marks of a Parquet file at its two ends",
            { Compression: ("gzip" or "brotli") and var packing } when !PackedContent.Read(data, packing, _ => { }, cancellationToken) =>
                PackedContent.Damage(packing),
            _ => null,
        };
    }

    [SuppressMessage("Security", "CA5351", Justification = "The storage's entity tags are MD5; nothing is protected by them.")]
    public static bool HasMd5(Stream content, string md5, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        PackedContent.Read(content, null, hash.AppendData, cancellationToken);
        return Convert.ToHexString(hash.GetHashAndReset()).Equals(md5, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsParquet(Stream content)
    {
        if (content.Length < 3 * ParquetMarkBytes)
            return false;

        Span<byte> mark = stackalloc byte[ParquetMarkBytes];
        content.ReadExactly(mark);
        if (!IsMark(mark))
            return false;

        content.Seek(-ParquetMarkBytes, SeekOrigin.End);
        content.ReadExactly(mark);
        return IsMark(mark);
    }

    // The second is that of a file with an encrypted footer.
    private static bool IsMark(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual("PAR1"u8) || bytes.SequenceEqual("PARE"u8);
}
