using System.Security.Cryptography;
using FsCheck.Fluent;
using PSBatchExports.Core.Tests.Fuzz;
using Xunit;

namespace PSBatchExports.Core.Tests;

#pragma warning disable CA5351 // What the storage uses.
public class MultipartTagTests
{
    private const int PartBytes = 1000;

    private static readonly byte[] s_content = Enumerable.Range(0, 4300).Select(at => (byte)(at * 31 >> 3)).ToArray();

    [Theory]
    [InlineData(0, "59adb24ef3cdbe0297f05b395827453f-1")]
    [InlineData(1, "1")]
    [InlineData(999, "1")]
    [InlineData(1000, "1")]
    [InlineData(1001, "2")]
    [InlineData(4000, "4")]
    [InlineData(4300, "5")]
    public void A_tag_is_the_MD5_of_the_MD5s_of_the_parts_and_their_number(int length, string end)
    {
        using var tag = MultipartTag.OfParts(PartBytes);

        Assert.True(tag.Append(0, s_content.AsSpan(0, length)));

        Assert.EndsWith(end, tag.Complete(length), StringComparison.Ordinal);
        Assert.Equal(Expected(length), tag.Complete(length));
        Assert.True(tag.Proves($"\"{Expected(length)}\"", length));
        Assert.Empty(tag.Missing(length));
    }

    [Fact]
    public void The_parts_are_those_of_the_service()
    {
        using var tag = MultipartTag.OfParts();
        var part = new byte[52_428_800];

        tag.Append(0, part);
        tag.Append(part.Length, [1]);

        Assert.Equal($"{Hex(MD5.HashData([.. MD5.HashData(part), .. MD5.HashData([1])]))}-2", tag.Complete(part.Length + 1L));
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
    public void A_tag_of_parts_fits_a_length_when_it_has_its_number_of_parts(string tag, long length, bool fits) =>
        Assert.Equal(fits, MultipartTag.Fits(tag, length));

    [Fact]
    public void Bytes_that_are_missing_or_too_many_leave_no_tag()
    {
        using var tag = MultipartTag.OfParts(PartBytes);

        Assert.Null(tag.Complete(1));
        tag.Append(0, s_content.AsSpan(0, 2500));
        Assert.Null(tag.Complete(2499));
        Assert.Null(tag.Complete(2501));
        Assert.Null(tag.Complete(2000));
        Assert.Null(tag.Complete(0));
        Assert.Equal(Expected(2500), tag.Complete(2500));
    }

    [Fact]
    public void Bytes_ahead_of_a_gap_are_not_used_and_can_be_appended_later()
    {
        using var tag = MultipartTag.OfParts(PartBytes);

        Assert.True(tag.Append(0, s_content.AsSpan(0, 300)));
        Assert.False(tag.Append(600, s_content.AsSpan(600, 500)));
        Assert.Equal([new ByteRange(300, 1000)], tag.Missing(1100));
        Assert.True(tag.Append(300, s_content.AsSpan(300, 700)));
        Assert.Equal(Expected(1100), tag.Complete(1100));
    }

    [Fact]
    public void Bytes_that_are_written_over_count_no_more()
    {
        using var tag = MultipartTag.OfParts(PartBytes);
        tag.Append(0, s_content.AsSpan(0, 2300));

        Assert.False(tag.Append(1400, [1, 2, 3]));
        Assert.Null(tag.Complete(2300));
        Assert.Equal([new ByteRange(1000, 2000)], tag.Missing(2300));
        Assert.True(tag.Append(1000, s_content.AsSpan(1000, 400)));
        Assert.True(tag.Append(1000, s_content.AsSpan(1000, 1000)));
        Assert.Equal(Expected(2300), tag.Complete(2300));
    }

    [Fact]
    public void A_changed_byte_makes_another_tag() => Fuzzing.Check(Gen.Choose(0, s_content.Length - 1), 200, at =>
    {
        using var tag = MultipartTag.OfParts(PartBytes);
        var changed = s_content.ToArray();
        changed[at] ^= 1;
        tag.Append(0, changed);

        Assert.False(tag.Proves(Expected(s_content.Length), s_content.Length));
    });

    [Fact]
    public void Parts_may_arrive_from_several_threads_in_any_order_and_in_any_pieces() => Fuzzing.Check(
        from order in Gen.Shuffle([0, 1, 2, 3, 4])
        from piece in Gen.Choose(1, 1500)
        select (order, piece),
        100,
        input =>
        {
            using var tag = MultipartTag.OfParts(PartBytes);
            Parallel.ForEach(input.order, new ParallelOptions { MaxDegreeOfParallelism = 3 }, part =>
            {
                var end = Math.Min(s_content.Length, (part + 1) * PartBytes);
                for (var at = part * PartBytes; at < end; at += input.piece)
                    Assert.True(tag.Append(at, s_content.AsSpan(at, Math.Min(input.piece, end - at))));
            });

            Assert.Equal(Expected(s_content.Length), tag.Complete(s_content.Length));
        });

    private static string Expected(int length)
    {
        var parts = s_content[..length].Chunk(PartBytes).DefaultIfEmpty([]).Select(MD5.HashData).ToArray();
        return $"{Hex(MD5.HashData(parts.SelectMany(digest => digest).ToArray()))}-{parts.Length}";
    }

    private static string Hex(byte[] digest) => Convert.ToHexString(digest).ToLowerInvariant();
}
