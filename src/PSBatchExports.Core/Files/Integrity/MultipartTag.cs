using System.Globalization;

namespace PSBatchExports.Files.Integrity;

/// <summary>
/// The entity tag that S3 gives an object that was uploaded in parts: the MD5 of the MD5s of its parts, and the number of parts. An equal
/// tag proves every byte. A different one proves nothing, since the object may have been uploaded in parts of another size.
/// </summary>
internal static class MultipartTag
{
    /// <summary>The part size of the service's uploads, in bytes.</summary>
    public const long ServicePartBytes = 52_428_800;

    private const int DigestLength = 32;
    private const int MaxCountDigits = 10;

    /// <summary>Whether the tag has the number of parts of an object of this length.</summary>
    public static bool Fits(string tag, long length, long partBytes = ServicePartBytes) =>
        PartCountIn(tag) == PartCount(length, partBytes).ToString(CultureInfo.InvariantCulture);

    /// <summary>The number of parts of an object. An empty object has one.</summary>
    public static long PartCount(long length, long partBytes = ServicePartBytes) =>
        Math.Max(1, (length / partBytes) + (length % partBytes == 0 ? 0 : 1));

    /// <summary>The tag, without quotes, of an object whose parts have these MD5s.</summary>
    public static string Combine(IReadOnlyList<byte[]> digests)
    {
        var all = Md5Lanes.Hash(digests.SelectMany(digest => digest).ToArray());
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexString(all).ToLowerInvariant()}-{digests.Count}");
    }

    /// <summary>Whether a computed tag equals the one that the storage sent.</summary>
    public static bool AreEqual(string? computed, string sent) =>
        computed is not null && computed.Equals(sent.Trim('"'), StringComparison.OrdinalIgnoreCase);

    // Null if it is not a multipart tag.
    private static string? PartCountIn(string tag)
    {
        var text = tag is ['"', .. var inside, '"'] ? inside : tag;
        if (text.Length <= DigestLength || !text[..DigestLength].All(char.IsAsciiHexDigit) || text[DigestLength] != '-')
            return null;

        var number = text[(DigestLength + 1)..];
        return number.Length is > 0 and <= MaxCountDigits && number.All(char.IsAsciiDigit) && number[0] != '0' ? number : null;
    }
}
