using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace PSBatchExports;

/// <summary>Finds out whether the bytes of a file are what they should be (docs/wire.md, section 14).</summary>
internal static class FileIntegrity
{
    /// <summary>Looks through a file that was read from the storage.</summary>
    public static FileCheck Check(Func<Stream> open, StorageObject expected, CancellationToken cancellationToken)
    {
        if (expected.Md5 is { } md5)
        {
            using var content = open();
            if (!HasMd5(content, md5, cancellationToken))
                return new FileCheck("its MD5 is not the one that the storage has", Rows: null);
        }

        using var data = open();
        return FileFormats.OfName(expected.Name) switch
        {
            { Format: null, Compression: ("gzip" or "brotli") and var compression } =>
                new FileCheck(PackedContent.Read(data, compression, _ => { }, cancellationToken) ? null : PackedContent.Damage(compression), Rows: null),
            _ => RowCounter.Count(expected.Name, data, cancellationToken) switch
            {
                FileRowCount.Counted counted => new FileCheck(Damage: null, counted.Rows),
                FileRowCount.Damaged damaged => new FileCheck(damaged.Why, Rows: null),
                _ => new FileCheck(Damage: null, Rows: null),
            },
        };
    }

    [SuppressMessage("Security", "CA5351", Justification = "The storage's entity tags are MD5; nothing is protected by them.")]
    public static bool HasMd5(Stream content, string md5, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        PackedContent.Read(content, null, hash.AppendData, cancellationToken);
        return Convert.ToHexString(hash.GetHashAndReset()).Equals(md5, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether the content is, byte by byte, that of an object which the service uploaded in parts.</summary>
    /// <param name="content">The content.</param>
    /// <param name="tag">The object's entity tag.</param>
    /// <param name="length">The object's bytes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static bool IsProvenByParts(Stream content, string tag, long length, CancellationToken cancellationToken)
    {
        if (!MultipartTag.Fits(tag, length))
            return false;

        using var parts = MultipartTag.OfParts();
        var offset = 0L;
        PackedContent.Read(
            content,
            compression: null,
            bytes =>
            {
                parts.Append(offset, bytes);
                offset += bytes.Length;
            },
            cancellationToken);
        return parts.Proves(tag, length);
    }
}

/// <summary>What a look through a file showed.</summary>
/// <param name="Damage">What is wrong with it, as a clause; null for nothing.</param>
/// <param name="Rows">The rows that it holds; null where they cannot be counted.</param>
internal readonly record struct FileCheck(string? Damage, long? Rows);
