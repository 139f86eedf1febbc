using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>Checks the bytes of a file against the storage's entity tag and the file's own format (docs/wire.md, section 14).</summary>
internal static class FileIntegrity
{
    private const string WrongMd5 = "its MD5 differs from the storage's";

    /// <summary>Checks a file's MD5, if the storage has one, and its content.</summary>
    public static FileCheck Check(Func<Stream> open, StorageObject expected, CancellationToken cancellationToken)
    {
        var check = CheckMd5(open, expected, cancellationToken);
        return check.Damage is null
            ? CheckContent(open, expected.Name, cancellationToken) with { AreBytesProven = check.AreBytesProven }
            : check;
    }

    /// <summary>As <see cref="Check"/>, and also the entity tag of an object that was uploaded in parts.</summary>
    public static FileCheck CheckAll(Func<Stream> open, StorageObject expected, CancellationToken cancellationToken)
    {
        var check = Check(open, expected, cancellationToken);
        if (check.Damage is not null || check.AreBytesProven)
            return check;

        return check with { AreBytesProven = MatchesTag(open, expected, cancellationToken) == true };
    }

    /// <summary>Compares the MD5 with the storage's, if it has one.</summary>
    public static FileCheck CheckMd5(Func<Stream> open, StorageObject expected, CancellationToken cancellationToken)
    {
        if (expected.Md5 is not { } md5)
            return default;

        using var content = open();
        return HasMd5(content, md5, cancellationToken) ? new FileCheck { AreBytesProven = true } : new FileCheck { Damage = WrongMd5 };
    }

    /// <summary>Counts a file's rows, or finds out how it violates its own format.</summary>
    public static FileCheck CheckContent(Func<Stream> open, string name, CancellationToken cancellationToken)
    {
        using var content = open();
        if (FileFormats.OfName(name) is { Format: null, Compression: ("gzip" or "brotli") and var compression })
        {
            var isIntact = CompressedContent.Read(content, compression, _ => { }, cancellationToken);
            return isIntact ? default : new FileCheck { Damage = CompressedContent.DescribeDamage(compression) };
        }

        return RowCounter.Count(name, content, cancellationToken) switch
        {
            FileRowCount.Counted counted => new FileCheck { Rows = counted.Rows },
            FileRowCount.Damaged damaged => new FileCheck { Damage = damaged.Reason },
            _ => default,
        };
    }

    /// <summary>
    /// Whether the bytes match the storage's entity tag; null if the tag has a form that says nothing about them.
    /// </summary>
    public static bool? MatchesTag(Func<Stream> open, StorageObject expected, CancellationToken cancellationToken)
    {
        if (expected.Md5 is { } md5)
        {
            using var content = open();
            return HasMd5(content, md5, cancellationToken);
        }

        return expected is { PartTag: { } tag, Length: { } length } ? IsTagOfParts(open, tag, length, cancellationToken) : null;
    }

    [SuppressMessage("Security", "CA5351", Justification = "The storage's entity tags are MD5; nothing is protected by them.")]
    private static bool HasMd5(Stream content, string md5, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        CompressedContent.Read(content, null, hash.AppendData, cancellationToken);
        return Convert.ToHexString(hash.GetHashAndReset()).Equals(md5, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsTagOfParts(Func<Stream> open, string tag, long length, CancellationToken cancellationToken)
    {
        using var content = open();
        using var parts = new PartHasher(
            length,
            MultipartTag.ServicePartBytes,
            endFrom: _ => length,
            read: (offset, bytes) =>
            {
                content.Position = offset;
                return content.Read(bytes);
            });
        parts.HashAvailable(cancellationToken);
        return MultipartTag.AreEqual(parts.Tag(), tag);
    }
}
