using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using PSBatchExports.Emulator.Data;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Signed URLs, ranges and validators of the storage origin.</summary>
[SuppressMessage("Security", "CA5351", Justification = "The storage's own choice.")]
public class StorageTests
{
    private const int PartBytes = 52_428_800;

    [Fact]
    public async Task Storage_is_another_origin_than_the_api()
    {
        await using var scene = await Scene.StartAsync();
        var url = new Uri(await scene.SignedUrlAsync(await scene.CompleteRunAsync()));
        Assert.Equal(scene.Host.StorageOrigin.Authority, url.Authority);
        Assert.NotEqual(scene.Host.ApiOrigin.Authority, url.Authority);
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 0)]
    [InlineData("bytes=5-9", 5, 9)]
    [InlineData("bytes=-7", -7, -1)]
    [InlineData("bytes=10-", 10, -1)]
    [InlineData("bytes=10-99999999", 10, -1)]
    public async Task A_range_is_a_part_of_the_whole(string range, int first, int last)
    {
        await using var scene = await Scene.StartAsync();
        var url = await scene.SignedUrlAsync(await scene.CompleteRunAsync());
        using var whole = await scene.FetchAsync(url);
        var bytes = await whole.Content.ReadAsByteArrayAsync();
        using var answer = await scene.FetchAsync(url, r => r.Headers.TryAddWithoutValidation("Range", range));

        var from = first < 0 ? bytes.Length + first : first;
        var to = last < 0 ? bytes.Length + last : last;
        Assert.Equal(206, (int)answer.StatusCode);
        Assert.Equal(new ContentRangeHeaderValue(from, to, bytes.Length), answer.Content.Headers.ContentRange);
        Assert.Equal(bytes[from..(to + 1)], await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=9-5")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("lines=1-2")]
    public async Task What_is_no_single_byte_range_gives_the_whole(string range)
    {
        await using var scene = await Scene.StartAsync();
        var url = await scene.SignedUrlAsync(await scene.CompleteRunAsync());
        using var answer = await scene.FetchAsync(url, r => r.Headers.TryAddWithoutValidation("Range", range));
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(true, 206)]
    [InlineData(false, 200)]
    public async Task If_range_decides_between_part_and_whole(bool sameTag, int status)
    {
        await using var scene = await Scene.StartAsync();
        var url = await scene.SignedUrlAsync(await scene.CompleteRunAsync());
        using var whole = await scene.FetchAsync(url);
        using var answer = await scene.FetchAsync(url, r =>
        {
            r.Headers.Range = new RangeHeaderValue(1, null);
            r.Headers.IfRange = new RangeConditionHeaderValue(sameTag ? whole.Headers.ETag! : new EntityTagHeaderValue("\"other\""));
        });
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_fresh_url_of_the_same_part_has_the_same_validator_and_bytes()
    {
        await using var scene = await Scene.StartAsync();
        var run = await scene.CompleteRunAsync();
        var first = await scene.SignedUrlAsync(run);
        scene.Clock.Advance(TimeSpan.FromMinutes(10));
        var second = await scene.SignedUrlAsync(run);
        using var one = await scene.FetchAsync(first);
        using var other = await scene.FetchAsync(second);

        Assert.NotEqual(first, second);
        Assert.Equal(one.Headers.ETag, other.Headers.ETag);
        Assert.Equal(await one.Content.ReadAsByteArrayAsync(), await other.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_tag_of_a_small_object_is_that_of_one_part()
    {
        await using var scene = await Scene.StartAsync();
        using var answer = await scene.FetchAsync(await scene.SignedUrlAsync(await scene.CompleteRunAsync()));
        Assert.Equal($"\"{TagOf(await answer.Content.ReadAsByteArrayAsync())}\"", answer.Headers.ETag!.Tag);
        Assert.EndsWith("-1\"", answer.Headers.ETag.Tag, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_storage_without_parts_tags_with_the_md5()
    {
        await using var scene = await Scene.StartAsync(o => o with { SinglePartTags = true });
        using var answer = await scene.FetchAsync(await scene.SignedUrlAsync(await scene.CompleteRunAsync()));
        Assert.Equal($"\"{Hex(MD5.HashData(await answer.Content.ReadAsByteArrayAsync()))}\"", answer.Headers.ETag!.Tag);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(PartBytes)]
    [InlineData(PartBytes + 1)]
    public async Task Objects_have_parts_of_fifty_mebibytes(int length)
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "object");
        var content = new byte[length];
        new Random(length).NextBytes(content);
        await File.WriteAllBytesAsync(path, content);
        Assert.Equal(TagOf(content), await EntityTag.OfAsync(path, inParts: true, CancellationToken.None));
    }

    [Fact]
    public async Task Objects_have_no_type_and_no_encoding_of_their_own()
    {
        await using var scene = await Scene.StartAsync();
        using var answer = await scene.FetchAsync(await scene.SignedUrlAsync(await scene.CompleteRunAsync()));
        Assert.Equal("binary/octet-stream", $"{answer.Content.Headers.ContentType}");
        Assert.Empty(answer.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task A_url_is_signed_for_get_only()
    {
        await using var scene = await Scene.StartAsync();
        var url = await scene.SignedUrlAsync(await scene.CompleteRunAsync());
        using var answer = await scene.SendAsync(HttpMethod.Head, url, key: null);
        Assert.Equal(403, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Re_encoding_a_url_breaks_its_signature()
    {
        await using var scene = await Scene.StartAsync();
        var url = await scene.SignedUrlAsync(await scene.CompleteRunAsync());
        using var answer = await scene.FetchAsync(url.Replace("%3A", ":", StringComparison.Ordinal));
        Assert.Equal(403, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Bytes_come_at_the_chosen_speed()
    {
        await using var scene = await Scene.StartAsync(o => o with { BytesPerSecond = 20_000, EventsPerHour = 1 });
        var url = await scene.SignedUrlAsync(await scene.CompleteRunAsync());
        var watch = Stopwatch.StartNew();
        using var answer = await scene.FetchAsync(url);
        var length = (await answer.Content.ReadAsByteArrayAsync()).Length;
        Assert.InRange(watch.Elapsed.TotalSeconds, length / 20_000.0 * 0.7, (length / 20_000.0) + 5);
    }

    [Fact]
    public async Task Open_connections_are_counted_by_origin()
    {
        await using var scene = await Scene.StartAsync();
        var url = await scene.SignedUrlAsync(await scene.CompleteRunAsync());
        (await scene.FetchAsync(url)).Dispose();
        Assert.Equal(1, scene.Host.OpenApiConnections);
        Assert.Equal(1, scene.Host.OpenStorageConnections);
        Assert.Single(scene.Host.StorageRequests.Snapshot());
    }

    private static string TagOf(byte[] content)
    {
        var parts = content.Chunk(PartBytes).DefaultIfEmpty([]).Select(MD5.HashData).ToArray();
        return $"{Hex(MD5.HashData([.. parts.SelectMany(digest => digest)]))}-{parts.Length}";
    }

    private static string Hex(byte[] digest) => Convert.ToHexString(digest).ToLowerInvariant();
}
