using System.Security.Cryptography;
using PSBatchExports.Files.Download;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Files.Storage;
using Xunit;

namespace PSBatchExports.Core.Tests;

#pragma warning disable CA5351 // What the storage uses.
public class MultipartTagTests
{
    private const int PartBytes = 64_000;

    private static readonly byte[] Content = Enumerable.Range(0, 10 * PartBytes).Select(at => (byte)(at * 31 >> 3)).ToArray();

    [Theory]
    [InlineData(0, "59adb24ef3cdbe0297f05b395827453f-1")]
    [InlineData(1, "-1")]
    [InlineData(PartBytes - 1, "-1")]
    [InlineData(PartBytes, "-1")]
    [InlineData(PartBytes + 1, "-2")]
    [InlineData(4 * PartBytes, "-4")]
    [InlineData((9 * PartBytes) + 777, "-10")]
    public void A_tag_is_the_MD5_of_the_MD5s_of_the_parts_and_their_number(int length, string end)
    {
        using var parts = new PartHasher(length, PartBytes, _ => length, Read);

        parts.HashAvailable(CancellationToken.None);

        Assert.EndsWith(end, parts.Tag(), StringComparison.Ordinal);
        Assert.Equal(Expected(length), parts.Tag());
    }

    [Fact]
    public void A_tag_does_not_depend_on_the_order_of_arrival()
    {
        var random = new Random(7);
        var written = new RangeSet();
        using var parts = new PartHasher(Content.Length, PartBytes, written.EndFrom, Read);
        var numbers = Enumerable.Range(0, Content.Length / 1000);
        var pieces = numbers.Select(number => new ByteRange(number * 1000, (number + 1) * 1000)).ToArray();
        random.Shuffle(pieces);
        foreach (var piece in pieces)
        {
            Assert.Null(parts.Tag());
            written.Add(piece);
            parts.HashAvailable(CancellationToken.None);
        }

        Assert.Equal(Expected(Content.Length), parts.Tag());
    }

    [Fact]
    public void A_file_that_is_truncated_meanwhile_has_no_tag()
    {
        using var parts = new PartHasher(Content.Length + 1, PartBytes, _ => Content.Length + 1, Read);

        parts.HashAvailable(CancellationToken.None);

        Assert.Null(parts.Tag());
    }

    [Theory]
    [InlineData("\"0123456789abcdef0123456789abcdef-1\"", 0, true)]
    [InlineData("\"0123456789ABCDEF0123456789ABCDEF-1\"", 52_428_800, true)]
    [InlineData("0123456789abcdef0123456789abcdef-2", 52_428_801, true)]
    [InlineData("\"0123456789abcdef0123456789abcdef-2\"", 52_428_800, false)]
    [InlineData("\"0123456789abcdef0123456789abcdef-21\"", 1L << 30, true)]
    [InlineData("\"0123456789abcdef0123456789abcdef-01\"", 1, false)]
    [InlineData("\"0123456789abcdef0123456789abcdef-0\"", 0, false)]
    [InlineData("\"0123456789abcdef0123456789abcdef\"", 1, false)]
    [InlineData("W/\"0123456789abcdef0123456789abcdef-1\"", 1, false)]
    [InlineData("\"v1\"", 1, false)]
    [InlineData("", 1, false)]
    public void A_tag_fits_a_length_with_its_number_of_parts(string tag, long length, bool fits) =>
        Assert.Equal(fits, MultipartTag.Fits(tag, length));

    [Fact]
    public void Tags_are_equal_in_any_case_and_with_or_without_quotes()
    {
        Assert.True(MultipartTag.AreEqual("abcdef-2", "\"ABCDEF-2\""));
        Assert.False(MultipartTag.AreEqual("abcdef-2", "\"abcdef-3\""));
        Assert.False(MultipartTag.AreEqual(null, "\"abcdef-3\""));
    }

    private static int Read(long offset, Span<byte> bytes)
    {
        var count = (int)Math.Clamp(Content.Length - offset, 0, bytes.Length);
        Content.AsSpan((int)offset, count).CopyTo(bytes);
        return count;
    }

    private static string Expected(int length)
    {
        var digests = length == 0 ? [MD5.HashData([])] : Content.Take(length).Chunk(PartBytes).Select(MD5.HashData).ToArray();
        return $"{Convert.ToHexString(MD5.HashData(digests.SelectMany(digest => digest).ToArray())).ToLowerInvariant()}-{digests.Length}";
    }
}
