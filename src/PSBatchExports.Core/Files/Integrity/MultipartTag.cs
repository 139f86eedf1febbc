using System.Globalization;

namespace PSBatchExports.Files.Integrity;

/// <summary>
/// The entity tag that S3 gives an object which was uploaded in parts: the MD5 of the MD5s of its parts, and their number. One that comes out equal
/// proves every byte. One that does not proves nothing by itself, since the object may have been uploaded in parts of another size.
/// </summary>
internal static class MultipartTag
{
    /// <summary>The size of the parts in which the service uploads.</summary>
    public const long ServicePartBytes = 52_428_800;

    private const int DigestLength = 32;
    private const int MaxNumberLength = 10;

    /// <summary>Whether the tag names as many parts as an object of this length has.</summary>
    public static bool Fits(string tag, long length, long partBytes = ServicePartBytes) =>
        NumberIn(tag) == PartCount(length, partBytes).ToString(CultureInfo.InvariantCulture);

    /// <summary>How many parts an object has. One without content has a part, too.</summary>
    public static long PartCount(long length, long partBytes = ServicePartBytes) => Math.Max(1, (length / partBytes) + (length % partBytes == 0 ? 0 : 1));

    /// <summary>The tag, without quotes, of an object whose parts have these MD5s.</summary>
    public static string Combine(IReadOnlyList<byte[]> digests)
    {
        var all = Md5Lanes.Hash(digests.SelectMany(digest => digest).ToArray());
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexString(all).ToLowerInvariant()}-{digests.Count}");
    }

    /// <summary>Whether a tag that came out is the one that the storage sent.</summary>
    public static bool AreEqual(string? own, string sent) => own is not null && own.Equals(sent.Trim('"'), StringComparison.OrdinalIgnoreCase);

    // The number of parts in a tag; null where it is no such tag.
    private static string? NumberIn(string tag)
    {
        var text = tag is ['"', .. var inside, '"'] ? inside : tag;
        if (text.Length <= DigestLength || !text[..DigestLength].All(char.IsAsciiHexDigit) || text[DigestLength] != '-')
            return null;

        var number = text[(DigestLength + 1)..];
        return number.Length is > 0 and <= MaxNumberLength && number.All(char.IsAsciiDigit) && number[0] != '0' ? number : null;
    }
}
